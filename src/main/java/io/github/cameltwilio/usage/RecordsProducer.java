package io.github.cameltwilio.usage;

import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

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
        if (options.getRollup() == Rollup.leaf) {
            exchange.getMessage().setBody(LeafCategories.of(pages.toList()));
        } else {
            UsageMessages.listing(exchange, pages, options.getOutputType());
        }
    }
}
