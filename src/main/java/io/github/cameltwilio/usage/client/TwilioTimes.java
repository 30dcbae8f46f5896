package io.github.cameltwilio.usage.client;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/** The times that Twilio writes: RFC 2822 where it speaks of triggers, ISO 8601 elsewhere. */
final class TwilioTimes {

    private TwilioTimes() {
    }

    /** @throws DateTimeException when the text is neither */
    static OffsetDateTime parse(String text) {
        boolean namesTheDay = !text.isEmpty() && Character.isLetter(text.charAt(0));
        return OffsetDateTime.parse(text,
                namesTheDay ? DateTimeFormatter.RFC_1123_DATE_TIME : DateTimeFormatter.ISO_OFFSET_DATE_TIME);
    }
}
