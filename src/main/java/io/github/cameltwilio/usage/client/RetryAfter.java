package io.github.cameltwilio.usage.client;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;

import org.apache.hc.client5.http.utils.DateUtils;

/** The header by which the other side asks for time: seconds, or the date when the time is over. */
final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

    private RetryAfter() {
    }

    /** How long to wait, or null when the header does not say so. */
    static Duration parse(String header, Instant now) {
        if (header == null) {
            return null;
        }
        String text = header.strip();
        if (SECONDS.matcher(text).matches()) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        Instant over = DateUtils.parseStandardDate(text);
        return over == null || over.isBefore(now) ? null : Duration.between(now, over);
    }
}
