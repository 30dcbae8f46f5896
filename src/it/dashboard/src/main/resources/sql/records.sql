-- Amounts are text, because numbers in JavaScript are rounded.
select cast(usage_day as varchar) as "day", category as "category", cast(price as varchar) as "price",
    currency as "currency", cast(was as varchar) as "was"
from usage_daily
where price is not null and usage_day >= dateadd(month, -1, date_trunc(month, current_date))
order by usage_day, category
