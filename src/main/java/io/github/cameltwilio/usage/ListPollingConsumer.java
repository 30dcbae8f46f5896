package io.github.cameltwilio.usage;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.cameltwilio.usage.client.TwilioValues;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.support.PollingConsumerSupport;

/** Serves {@code poll} and {@code pollEnrich}: each call lists what Twilio has now. It has no state. */
final class ListPollingConsumer extends PollingConsumerSupport {

    ListPollingConsumer(TwilioUsageEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    @Override
    public Exchange receive() {
        checkStarted();
        return exchange(getEndpoint().list(null));
    }

    /** Waits for Twilio like {@link #receive}, because no list is ever kept ready. */
    @Override
    public Exchange receiveNoWait() {
        return receive();
    }

    /** @return null if the list was not complete in time */
    @Override
    public Exchange receive(long timeout) {
        checkStarted();
        Future<TwilioValues> list = getEndpoint().getComponent().fetchers().submit(() -> getEndpoint().list(null));
        try {
            return exchange(list.get(timeout, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeCamelException("Interrupted while waiting for Twilio", e);
        } catch (ExecutionException e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e.getCause());
        } finally {
            // Interrupts a list that is still being read, which closes it and ends its requests.
            list.cancel(true);
        }
    }

    private Exchange exchange(TwilioValues list) {
        Exchange exchange = getEndpoint().createExchange();
        exchange.getMessage().setBody(list);
        if (getEndpoint().getResource() == TwilioUsageResource.records) {
            UsageMessages.mainAccount(exchange.getMessage(), getEndpoint());
        }
        return exchange;
    }

    private void checkStarted() {
        if (!isStarted()) {
            throw new RejectedExecutionException("The polling consumer of " + getEndpoint() + " is not started");
        }
    }
}
