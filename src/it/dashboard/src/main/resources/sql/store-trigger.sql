merge into usage_trigger key (sid)
values (:#sid, :#friendlyName, :#triggerValue, :#recurring, current_timestamp)
