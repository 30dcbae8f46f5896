-- A trigger that was deleted is no longer listed.
select name as "name", cast(trigger_value as varchar) as "value", recurring as "recurring"
from usage_trigger
where listed_at > dateadd(minute, -11, current_timestamp)
order by name
