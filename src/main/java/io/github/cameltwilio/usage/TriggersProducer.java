package io.github.cameltwilio.usage;

import java.util.List;

import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.client.UsageTrigger;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;

/** Lists and manages usage triggers. */
final class TriggersProducer extends DefaultProducer {
    private final TwilioUsageConfiguration options;

    TriggersProducer(TwilioUsageEndpoint endpoint) {
        super(endpoint);
        this.options = endpoint.getConfiguration();
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        TwilioUsageClient client = getEndpoint().client();
        switch (options.getAction()) {
            case list -> {
                Pages<UsageTrigger> pages = client.triggers(addressed(message).query());
                UsageMessages.listing(exchange, pages, options.getOutputType());
            }
            case create -> UsageMessages.trigger(message, client.createTrigger(given(message).creation()), "created");
            case fetch -> UsageMessages.trigger(message, client.fetchTrigger(addressed(message).sid()), null);
            case update -> {
                TriggerOptions given = given(message);
                UsageMessages.trigger(message, client.updateTrigger(given.sid(), given.changes()), "updated");
            }
            case delete -> UsageMessages.deleted(message, client.deleteTrigger(addressed(message).sid()));
            case ensure -> UsageMessages.ensured(message, getEndpoint().ensure(given(message)));
            case prune -> prune(message);
        }
    }

    /** A spent trigger counts among the thousand that an account may have until somebody deletes it. */
    private void prune(Message message) {
        TriggerOptions given = addressed(message);
        boolean dryRun = given.isDryRun();
        List<UsageTrigger> spent = getEndpoint().client().triggers(given.once()).toList().stream()
                .filter(trigger -> trigger.firesOnce() && trigger.dateFired() != null).toList();
        if (!dryRun) {
            spent.forEach(trigger -> getEndpoint().client().deleteTrigger(trigger.sid()));
        }
        UsageMessages.pruned(message, spent, dryRun);
    }

    private TriggerOptions given(Message message) {
        return TriggerOptions.of(options, message);
    }

    private TriggerOptions addressed(Message message) {
        return TriggerOptions.withoutBody(options, message);
    }
}
