package io.github.cameltwilio.usage;

import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import org.apache.camel.health.HealthCheck;

/** What a consumer has counted since it was created, and how far it has got. Any thread may read and write. */
final class ConsumerMetrics {
    final LongAdder read = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder unchanged = new LongAdder();
    private final Map<ReaderId, LocalDate> watermarks = new ConcurrentHashMap<>();
    private volatile Instant lastPoll;

    void endPoll(Instant time) {
        lastPoll = time;
    }

    void showWatermark(ReaderId reader, Position position) {
        watermarks.put(reader, position.watermark());
    }

    String lastPoll() {
        return lastPoll == null ? null : lastPoll.toString();
    }

    /** Returns the lowest watermark of all readers; null if there is none. */
    String watermark() {
        return watermarks.values().stream().min(LocalDate::compareTo).map(LocalDate::toString).orElse(null);
    }

    /** Returns what Twilio's support needs to know about an error. */
    static Map<String, Object> details(Throwable lastError) {
        Map<String, Object> details = new LinkedHashMap<>();
        if (lastError instanceof TwilioApiException error) {
            if (error.status() > 0) {
                details.put(HealthCheck.HTTP_RESPONSE_CODE, error.status());
            }
            error.code().ifPresent(code -> details.put("twilio.code", code));
            error.requestId().ifPresent(id -> details.put("twilio.request.id", id));
        }
        return details;
    }
}
