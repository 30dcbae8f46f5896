package io.github.cameltwilio.usage;

import java.io.Closeable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import org.apache.camel.health.HealthCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a consumer has counted since it was created, and how far it has got. Any thread may read and write. */
final class ConsumerMetrics implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerMetrics.class);
    /** A constant, because a native image without Micrometer cannot contain code that calls {@link ConsumerMeters}. */
    private static final boolean HAS_MICROMETER = isPresent("io.micrometer.core.instrument.MeterRegistry");

    final LongAdder read = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder unchanged = new LongAdder();
    private final Map<ReaderId, LocalDate> watermarks = new ConcurrentHashMap<>();
    private volatile Instant lastPoll;
    private volatile ConsumerMeters meters;

    /** Shows the metrics as meters too, if Micrometer is on the class path and has a registry. */
    void bind(UsageConsumer consumer) {
        if (HAS_MICROMETER) {
            meters = ConsumerMeters.of(consumer);
        }
        if (meters == null && consumer.getEndpoint().getConfiguration().isSpendMeters()) {
            LOG.warn("{}: spendMeters=true shows nothing, because Camel's registry has no MeterRegistry: add"
                    + " camel-micrometer-prometheus, for example, and camel.metrics.enabled=true",
                    consumer.getEndpoint());
        }
    }

    /** @param account null if accounts are not read separately */
    void showSpend(Account account, Collection<UsageRecord> listed) {
        if (HAS_MICROMETER && meters != null) {
            meters.show(account, listed);
        }
    }

    @Override
    public void close() {
        if (HAS_MICROMETER && meters != null) {
            meters.close();
        }
    }

    void endPoll(Instant time) {
        lastPoll = time;
    }

    void showWatermark(ReaderId reader, Position position) {
        watermarks.put(reader, position.watermark());
    }

    String lastPoll() {
        return lastPoll == null ? null : lastPoll.toString();
    }

    /** Drops what other readers show: the watermark and the spend of an account that is gone never change again. */
    void keepOnly(Collection<ReaderId> readers) {
        watermarks.keySet().retainAll(readers);
        if (HAS_MICROMETER && meters != null) {
            meters.keepOnly(readers.stream().map(ReaderId::accountSid).collect(Collectors.toSet()));
        }
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

    private static boolean isPresent(String className) {
        try {
            Class.forName(className, false, ConsumerMetrics.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
