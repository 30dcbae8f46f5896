package io.github.cameltwilio.usage;

import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Lists the account and its subaccounts. */
final class AccountsProducer extends DefaultProducer {

    AccountsProducer(TwilioUsageEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    @Override
    public void process(Exchange exchange) {
        UsageMessages.listing(exchange, getEndpoint().accounts(), getEndpoint().getConfiguration().getOutputType());
    }
}
