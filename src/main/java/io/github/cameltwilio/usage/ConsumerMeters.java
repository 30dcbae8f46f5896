package io.github.cameltwilio.usage;

import java.io.Closeable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * The metrics of a consumer as meters of Micrometer. This is the only class that needs Micrometer, which is optional.
 * Prometheus' registry translates the names according to its conventions. No tag has more values than there are
 * routes, accounts and used categories.
 */
final class ConsumerMeters implements Closeable {
    private final UsageConsumer consumer;
    private final MeterRegistry registry;
    private final Tags route;
    private final Set<Meter.Id> registered = ConcurrentHashMap.newKeySet();
    private final Map<Series, Spend> spend = new ConcurrentHashMap<>();
    private final Map<String, Account> accounts = new ConcurrentHashMap<>();

    private record Series(String accountSid, String category, String currency) {
    }

    private record Spend(LocalDate startDate, double price) {
    }

    private ConsumerMeters(UsageConsumer consumer, MeterRegistry registry) {
        this.consumer = consumer;
        this.registry = registry;
        this.route = Tags.of("route", String.valueOf(consumer.getRouteId()));
        count("read", "records", "Records or triggers that Twilio listed.", UsageConsumer::getRead);
        count("delivered", "records", "Records or firings whose exchange completed.", UsageConsumer::getDelivered);
        count("unchanged", "records", "Records or firings that were read again unchanged.",
                UsageConsumer::getUnchanged);
        count("requests", null, "Requests sent to Twilio, including retries.", UsageConsumer::getRequests);
        count("throttled", "requests", "Requests that Twilio throttled with 429.", UsageConsumer::getThrottled);
        gauge("failed.polls", null, "Polls that failed since the last successful one.", UsageConsumer::getErrorCounter);
        gauge("last.poll.timestamp", "seconds", "End of the last successful poll, 0 before the first one.",
                it -> it.getLastPoll() == null ? 0 : Instant.parse(it.getLastPoll()).toEpochMilli() / 1000.0);
        gauge("watermark.timestamp", "seconds", "Start of the last day (UTC) up to which everything was delivered.",
                it -> it.getWatermark() == null ? Double.NaN
                        : LocalDate.parse(it.getWatermark()).atStartOfDay().toEpochSecond(ZoneOffset.UTC));
    }

    /** Returns null if Camel's registry has no Micrometer registry. */
    static ConsumerMeters of(UsageConsumer consumer) {
        MeterRegistry registry = consumer.getEndpoint().getCamelContext().getRegistry()
                .findSingleByType(MeterRegistry.class);
        return registry == null ? null : new ConsumerMeters(consumer, registry);
    }

    private void count(String name, String unit, String help, ToDoubleFunction<UsageConsumer> value) {
        add(FunctionCounter.builder("twilio.usage." + name, consumer, value).baseUnit(unit).description(help)
                .tags(route).register(registry));
    }

    private void gauge(String name, String unit, String help, ToDoubleFunction<UsageConsumer> value) {
        add(Gauge.builder("twilio.usage." + name, consumer, value).baseUnit(unit).description(help).tags(route)
                .register(registry));
    }

    private void add(Meter meter) {
        registered.add(meter.getId());
    }

    /**
     * Shows the prices of records that were just listed. A category without usage gets a series when it is first used.
     *
     * @param account null if accounts are not read separately
     */
    void show(Account account, Collection<UsageRecord> listed) {
        if (!consumer.getEndpoint().getConfiguration().isSpendMeters()) {
            return;
        }
        if (account != null && !account.equals(accounts.put(account.sid(), account))) {
            showName(account);
        }
        for (UsageRecord usage : listed) {
            boolean isMalformed = usage.price() == null && usage.otherFields().containsKey("price");
            if (isMalformed || usage.startDate() == null || usage.category() == null) {
                continue;
            }
            // Otherwise a period without a price would keep showing the price of the period before.
            BigDecimal price = Objects.requireNonNullElse(usage.price(), BigDecimal.ZERO);
            Series series = new Series(usage.accountSid(), usage.category().toLowerCase(Locale.ROOT),
                    Objects.requireNonNullElse(usage.priceUnit(), "").toLowerCase(Locale.ROOT));
            Spend latest = new Spend(usage.startDate(), price.doubleValue());
            if (price.signum() == 0) {
                spend.computeIfPresent(series, (key, before) -> later(before, latest));
            } else if (spend.putIfAbsent(series, latest) == null) {
                showSeries(series);
            } else {
                spend.computeIfPresent(series, (key, before) -> later(before, latest));
            }
        }
    }

    private static Spend later(Spend before, Spend now) {
        return now.startDate().isBefore(before.startDate()) ? before : now;
    }

    private void showSeries(Series series) {
        add(Gauge.builder("twilio.usage.spend", spend, prices -> prices.get(series).price())
                .baseUnit(series.currency()).description("Price of a category in the latest period that Twilio listed.")
                .tags(route.and("account", String.valueOf(series.accountSid()), "category", series.category(), "period",
                        consumer.getEndpoint().getConfiguration().getSubresource().name()))
                .register(registry));
    }

    /** Prometheus joins it to the spend, so that a new account name does not start a new series of spend. */
    private void showName(Account account) {
        String name = "twilio.usage.account.details";
        registry.find(name).tags(route.and("account", account.sid())).meters()
                .forEach(meter -> remove(meter.getId()));
        add(Gauge.builder(name, () -> 1).description("Name and status of an account.")
                .tags(route.and("account", account.sid(), "name", String.valueOf(account.friendlyName()), "status",
                        String.valueOf(account.status())))
                .register(registry));
    }

    /** Removes the meters of accounts that have been shown but are not among these. */
    void keepOnly(Set<String> accountSids) {
        accounts.keySet().stream().filter(sid -> !accountSids.contains(sid)).forEach(sid -> {
            registered.stream().filter(id -> sid.equals(id.getTag("account"))).forEach(this::remove);
            spend.keySet().removeIf(series -> sid.equals(series.accountSid()));
            accounts.remove(sid);
        });
    }

    private void remove(Meter.Id id) {
        registry.remove(id);
        registered.remove(id);
    }

    @Override
    public void close() {
        registered.forEach(registry::remove);
    }
}
