package io.github.cameltwilio.usage;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import org.apache.camel.Processor;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.support.ScheduledBatchPollingConsumer;

/**
 * What operators see of a consumer: its figures since it was made, in JMX and in the developer console, and Twilio's
 * refusal in its health check. Public because JMX calls it.
 */
@ManagedResource(description = "Managed Twilio usage consumer")
public abstract class MonitoredConsumer extends ScheduledBatchPollingConsumer {
    private final LongAdder read = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder unchanged = new LongAdder();
    private final Map<ReaderId, LocalDate> watermarks = new ConcurrentHashMap<>();
    private volatile Instant lastPoll;

    MonitoredConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    @ManagedAttribute(description = "When the last poll ended that did not fail, in UTC")
    public String getLastPoll() {
        return lastPoll == null ? null : lastPoll.toString();
    }

    @ManagedAttribute(description = "Records, or triggers, that Twilio listed")
    public long getRead() {
        return read.sum();
    }

    @ManagedAttribute(description = "Records, or firings, whose exchange was completed")
    public long getDelivered() {
        return delivered.sum();
    }

    @ManagedAttribute(description = "Records, or firings, that were read again as they had been delivered")
    public long getUnchanged() {
        return unchanged.sum();
    }

    @ManagedAttribute(description = "Requests that this consumer's endpoint sent to Twilio, repetitions included")
    public long getRequests() {
        return getEndpoint().traffic().requests();
    }

    @ManagedAttribute(
            description = "Requests of this consumer's endpoint that Twilio answered with 429, too many requests")
    public long getThrottled() {
        return getEndpoint().traffic().throttled();
    }

    @ManagedAttribute(
            description = "Day up to which everything was delivered; of several accounts, that of the last one")
    public String getWatermark() {
        return watermarks.values().stream().min(Comparator.naturalOrder()).map(LocalDate::toString).orElse(null);
    }

    void polled(Instant now) {
        lastPoll = now;
    }

    void countRead(int more) {
        read.add(more);
    }

    void countDelivered(int more) {
        delivered.add(more);
    }

    void countUnchanged(int more) {
        unchanged.add(more);
    }

    void stands(ReaderId reader, Position position) {
        watermarks.put(reader, position.watermark());
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        getEndpoint().getComponent().consumers().add(this);
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        getEndpoint().getComponent().consumers().remove(this);
    }

    /** For the health check: what Twilio's support asks for. Made anew of each failure, so that none shows an older one's. */
    @Override
    protected Map<String, Object> getLastErrorDetails() {
        Map<String, Object> details = new LinkedHashMap<>();
        if (getLastError() instanceof TwilioApiException refusal) {
            if (refusal.status() > 0) {
                details.put(HealthCheck.HTTP_RESPONSE_CODE, refusal.status());
            }
            refusal.code().ifPresent(code -> details.put("twilio.code", code));
            refusal.requestId().ifPresent(id -> details.put("twilio.request.id", id));
        }
        return details;
    }
}
