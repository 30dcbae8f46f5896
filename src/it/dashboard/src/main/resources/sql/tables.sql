create table if not exists usage_daily (
    record_key varchar(200) primary key,
    usage_day date not null,
    category varchar(100) not null,
    price decimal(30, 10),
    currency varchar(10),
    as_of timestamp with time zone,
    was decimal(30, 10)
);
create table if not exists usage_trigger (
    sid varchar(34) primary key,
    name varchar(100),
    trigger_value decimal(30, 10),
    recurring varchar(10),
    listed_at timestamp with time zone
);
-- The next two are JdbcUsageStateRepository.TABLES.
create table if not exists twilio_usage_position (
    reader varchar(250) not null,
    first_day date not null,
    watermark date not null,
    known_from date not null,
    primary key (reader)
);
create table if not exists twilio_usage_delivered (
    reader varchar(250) not null,
    start_date date not null,
    category varchar(100) not null,
    delivered varchar(2000) not null,
    primary key (reader, start_date, category)
);
