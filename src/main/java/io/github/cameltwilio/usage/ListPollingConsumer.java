package io.github.cameltwilio.usage;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.PollingConsumerSupport;

/**
 * What {@code poll} and {@code pollEnrich} use: one question, asked when it is called, answered with the list. It
 * looks nothing up in the consumer's state and changes nothing there.
 */
final class ListPollingConsumer extends PollingConsumerSupport {
    private ScheduledExecutorService alarms;

    ListPollingConsumer(TwilioUsageEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    @Override
    public Exchange receive() {
        return answer(ask());
    }

    /** Asks as well: there is nothing at hand that could be given without waiting. */
    @Override
    public Exchange receiveNoWait() {
        return receive();
    }

    /** @return null when Twilio's answer was not whole in time */
    @Override
    public Exchange receive(long timeout) {
        Pages<?> pages = ask();
        Alarm alarm = new Alarm(pages, Thread.currentThread());
        ScheduledFuture<?> set = alarms.schedule(alarm, timeout, TimeUnit.MILLISECONDS);
        try {
            return answer(pages);
        } catch (RuntimeException e) {
            if (pages.isClosed()) {
                return null;
            }
            throw e;
        } finally {
            set.cancel(false);
            alarm.switchOff();
        }
    }

    /** Ends the wait for an answer, and that for the moment to ask again. */
    private static final class Alarm implements Runnable {
        private final Pages<?> pages;
        private Thread waiting;

        Alarm(Pages<?> pages, Thread waiting) {
            this.pages = pages;
            this.waiting = waiting;
        }

        @Override
        public synchronized void run() {
            if (waiting != null) {
                pages.close();
                waiting.interrupt();
            }
        }

        /** An interrupt of ours is not to reach what the thread does next. */
        synchronized void switchOff() {
            waiting = null;
            if (pages.isClosed()) {
                Thread.interrupted();
            }
        }
    }

    private Pages<?> ask() {
        return switch (getEndpoint().getResource()) {
            case records -> getEndpoint().records((Message) null);
            case triggers -> getEndpoint().triggers();
            case accounts -> getEndpoint().accounts();
        };
    }

    private Exchange answer(Pages<?> pages) {
        Exchange exchange = getEndpoint().createExchange();
        List<?> list = pages.toList();
        boolean leaves = getEndpoint().getResource() == TwilioUsageResource.records
                && getEndpoint().getConfiguration().getRollup() == Rollup.leaf;
        exchange.getMessage().setBody(
                leaves ? LeafCategories.of(list.stream().map(UsageRecord.class::cast).toList()) : list);
        return exchange;
    }

    @Override
    protected void doStart() throws Exception {
        alarms = getEndpoint().getCamelContext().getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "TwilioUsagePollTimeout");
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(alarms);
    }
}
