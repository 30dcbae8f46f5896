package io.github.cameltwilio.usage;

import java.util.ArrayList;
import java.util.List;

import io.github.cameltwilio.usage.client.PagedIterator;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.SynchronizationAdapter;

/** Lists usage records. */
final class RecordsProducer extends DefaultProducer {

    RecordsProducer(TwilioUsageEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    @Override
    public void process(Exchange exchange) {
        Pages<UsageRecord> pages = getEndpoint().records(exchange.getMessage());
        TwilioUsageConfiguration options = getEndpoint().getConfiguration();
        UsageMessages.listing(exchange.getMessage(), options.getRollup() == Rollup.leaf ? LeafCategories.of(all(pages))
                : listing(pages, options.getOutputType(), exchange));
    }

    static Object listing(Pages<?> pages, OutputType type, Exchange exchange) {
        return switch (type) {
            case list -> all(pages);
            case stream -> stream(pages, exchange);
        };
    }

    static <T> List<T> all(Pages<T> pages) {
        List<T> records = new ArrayList<>();
        pages.forEachRemaining(records::addAll);
        return records;
    }

    private static <T> PagedIterator<T> stream(Pages<T> pages, Exchange exchange) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                pages.close();
            }
        });
        return new PagedIterator<>(pages);
    }
}
