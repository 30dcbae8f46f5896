package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;

/** Writes dates and times as JSON and reads them back, with any {@code ObjectMapper} and without a module for it. */
final class JsonTimes {

    private JsonTimes() {
    }

    /** Writes a time with its seconds as RFC 3339 requires; {@code toString} omits zero seconds. */
    static final class TimeSerializer extends ToStringSerializerBase {
        private static final long serialVersionUID = 1L;

        TimeSerializer() {
            super(OffsetDateTime.class);
        }

        @Override
        public String valueToString(Object time) {
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format((OffsetDateTime) time);
        }
    }

    static final class TimeDeserializer extends FromStringDeserializer<OffsetDateTime> {
        private static final long serialVersionUID = 1L;

        TimeDeserializer() {
            super(OffsetDateTime.class);
        }

        @Override
        protected OffsetDateTime _deserialize(String text, DeserializationContext context) throws IOException {
            return OffsetDateTime.parse(text);
        }
    }

    static final class DateDeserializer extends FromStringDeserializer<LocalDate> {
        private static final long serialVersionUID = 1L;

        DateDeserializer() {
            super(LocalDate.class);
        }

        @Override
        protected LocalDate _deserialize(String text, DeserializationContext context) throws IOException {
            return LocalDate.parse(text);
        }
    }
}
