package io.github.cameltwilio.usage.client;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;

/** Writes dates and times as JSON and reads them back, with any {@code ObjectMapper} and without a module for it. */
final class JsonTimes {

    private JsonTimes() {
    }

    @JacksonAnnotationsInside
    @JsonSerialize(converter = TimeWriter.class)
    @JsonDeserialize(converter = TimeReader.class)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Time {
    }

    @JacksonAnnotationsInside
    @JsonSerialize(using = ToStringSerializer.class)
    @JsonDeserialize(converter = DayReader.class)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Day {
    }

    /** Writes a time with its seconds as RFC 3339 requires; {@code toString} omits zero seconds. */
    static final class TimeWriter extends StdConverter<OffsetDateTime, String> {

        @Override
        public String convert(OffsetDateTime time) {
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
        }
    }

    static final class TimeReader extends StdConverter<String, OffsetDateTime> {

        @Override
        public OffsetDateTime convert(String text) {
            return OffsetDateTime.parse(text);
        }
    }

    static final class DayReader extends StdConverter<String, LocalDate> {

        @Override
        public LocalDate convert(String text) {
            return LocalDate.parse(text);
        }
    }
}
