package io.github.cameltwilio.usage.client;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;

/** Writes a time with its seconds as RFC 3339 requires; {@code toString} omits zero seconds. */
final class TimeSerializer extends ToStringSerializerBase {
    private static final long serialVersionUID = 1L;

    TimeSerializer() {
        super(OffsetDateTime.class);
    }

    @Override
    public String valueToString(Object time) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format((OffsetDateTime) time);
    }
}
