package io.github.cameltwilio.usage;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import org.apache.camel.Processor;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.support.ScheduledBatchPollingConsumer;

/** What a consumer shows in JMX, in Camel's developer console and in its health check. Public because JMX calls it. */
@ManagedResource(description = "Managed Twilio usage consumer")
public abstract class MonitoredConsumer extends ScheduledBatchPollingConsumer {
    private final LongAdder read = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder unchanged = new LongAdder();
    private final Map<ReaderId, LocalDate> watermarks = new ConcurrentHashMap<>();
    private volatile Instant lastPoll;
    private volatile Progress progress;

    MonitoredConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    /** Begins to count the progress of a poll. */
    final void begin(int accounts) {
        progress = new Progress(getEndpoint(), accounts, System::nanoTime);
    }

    final Progress progress() {
        return progress;
    }

    final void endPoll() {
        lastPoll = getEndpoint().getComponent().clock().instant();
    }

    final void countDelivered(int records) {
        delivered.add(records);
    }

    final void countRead(int records) {
        read.add(records);
    }

    final void countUnchanged(int records) {
        unchanged.add(records);
    }

    final void showWatermark(ReaderId reader, Position position) {
        watermarks.put(reader, position.watermark());
    }

    @ManagedAttribute(description = "End of the last successful poll (UTC)")
    public String getLastPoll() {
        return lastPoll == null ? null : lastPoll.toString();
    }

    @ManagedAttribute(description = "Records or triggers that Twilio listed")
    public long getRead() {
        return read.sum();
    }

    @ManagedAttribute(description = "Records or firings whose exchange completed")
    public long getDelivered() {
        return delivered.sum();
    }

    @ManagedAttribute(description = "Records or firings that were read again unchanged")
    public long getUnchanged() {
        return unchanged.sum();
    }

    @ManagedAttribute(description = "Requests that this endpoint sent to Twilio, including retries")
    public long getRequests() {
        TwilioUsageClient client = getEndpoint().client();
        return client == null ? 0 : client.requests();
    }

    @ManagedAttribute(description = "Requests of this endpoint that Twilio throttled (429 Too Many Requests)")
    public long getThrottled() {
        TwilioUsageClient client = getEndpoint().client();
        return client == null ? 0 : client.throttled();
    }

    @ManagedAttribute(description = "Last day up to which everything was delivered; with several accounts, the lowest")
    public String getWatermark() {
        return watermarks.values().stream().min(Comparator.naturalOrder()).map(LocalDate::toString).orElse(null);
    }

    @ManagedAttribute(description = "Accounts that the current or last poll reads")
    public int getAccounts() {
        return progress == null ? 0 : progress.accounts();
    }

    @ManagedAttribute(description = "Accounts that the current or last poll has read")
    public int getAccountsDone() {
        return progress == null ? 0 : progress.accountsDone();
    }

    @ManagedAttribute(description = "Days to read of the account that is read now, or was last")
    public long getDays() {
        return progress == null ? 0 : progress.days();
    }

    @ManagedAttribute(description = "Days read of the account that is read now, or was last")
    public long getDaysDone() {
        return progress == null ? 0 : progress.daysDone();
    }

    @ManagedAttribute(
            description = "Progress of the current or last poll, with its rate and an estimate of the time left")
    public String getProgress() {
        return progress == null ? null : progress.toString();
    }

    /** Adds to the health check what Twilio's support asks for. */
    @Override
    protected Map<String, Object> getLastErrorDetails() {
        Map<String, Object> details = new LinkedHashMap<>();
        if (getLastError() instanceof TwilioApiException error) {
            if (error.status() > 0) {
                details.put(HealthCheck.HTTP_RESPONSE_CODE, error.status());
            }
            error.code().ifPresent(code -> details.put("twilio.code", code));
            error.requestId().ifPresent(id -> details.put("twilio.request.id", id));
        }
        return details;
    }
}
