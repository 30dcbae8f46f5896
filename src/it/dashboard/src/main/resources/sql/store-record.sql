-- A record takes the place of an earlier one with the same key. What its price was when the day was over stays in "was".
merge into usage_daily as kept
using (values (
    cast(:#recordKey as varchar), cast(:#startDate as date), cast(:#category as varchar),
    cast(:#price as decimal(30, 10)), cast(:#priceUnit as varchar), cast(:#asOf as timestamp with time zone)
)) as listed (record_key, usage_day, category, price, currency, as_of)
on kept.record_key = listed.record_key
when matched then update set
    was = case when kept.was is null and cast(kept.as_of as date) > kept.usage_day then kept.price else kept.was end,
    price = listed.price,
    currency = listed.currency,
    as_of = listed.as_of
when not matched then insert (record_key, usage_day, category, price, currency, as_of)
    values (listed.record_key, listed.usage_day, listed.category, listed.price, listed.currency, listed.as_of)
