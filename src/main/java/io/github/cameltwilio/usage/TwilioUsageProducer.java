package io.github.cameltwilio.usage;

import java.util.List;

import io.github.cameltwilio.usage.client.EnsureTrigger;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.client.TwilioValues;
import io.github.cameltwilio.usage.client.UsageTrigger;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.WritableHealthCheckRepository;
import org.apache.camel.support.DefaultProducer;

/** Lists the resource, or manages usage triggers. */
final class TwilioUsageProducer extends DefaultProducer {
    private final TwilioUsageEndpoint endpoint;
    private final TwilioUsageConfiguration options;
    private final TwilioUsageAction action;
    private WritableHealthCheckRepository healthChecks;
    private CredentialsHealthCheck healthCheck;

    TwilioUsageProducer(TwilioUsageEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        this.options = endpoint.getConfiguration();
        // The component's default action may be one for triggers only.
        this.action = endpoint.getResource().actions().contains(options.getAction()) ? options.getAction()
                : TwilioUsageAction.list;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        healthChecks = HealthCheckHelper.getHealthCheckRepository(endpoint.getCamelContext(), "producers",
                WritableHealthCheckRepository.class);
        if (healthChecks != null) {
            healthCheck = new CredentialsHealthCheck(endpoint);
            healthChecks.addHealthCheck(healthCheck);
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (healthChecks != null) {
            healthChecks.removeHealthCheck(healthCheck);
        }
        super.doStop();
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        TwilioUsageClient client = endpoint.client(message);
        switch (action) {
            case list -> list(exchange);
            case create -> UsageMessages.result(message, client.createTrigger(given(message).creation()), "created");
            case fetch -> UsageMessages.result(message, client.fetchTrigger(addressed(message).sid()), null);
            case update -> {
                TriggerOptions given = given(message);
                UsageMessages.result(message, client.updateTrigger(given.sid(), given.changes()), "updated");
            }
            case delete -> {
                boolean found = client.deleteTrigger(addressed(message).sid());
                UsageMessages.result(message, null, found ? "deleted" : "notFound");
            }
            case ensure -> {
                EnsureTrigger.Result ensured = given(message).ensure(client, endpoint.getComponent().pause());
                UsageMessages.result(message, ensured.trigger(), ensured.outcome().name());
            }
            case prune -> prune(message, client);
        }
    }

    private void list(Exchange exchange) {
        Message message = exchange.getMessage();
        if (options.getOutputType() == OutputType.list) {
            message.setBody(endpoint.list(message));
        } else {
            UsageMessages.stream(exchange, endpoint.pages(message));
        }
        if (endpoint.getResource() == TwilioUsageResource.records) {
            UsageMessages.mainAccount(message, endpoint);
        }
    }

    /** A spent trigger counts among the thousand that an account may have until somebody deletes it. */
    private void prune(Message message, TwilioUsageClient client) {
        TriggerOptions given = addressed(message);
        boolean dryRun = given.isDryRun();
        List<UsageTrigger> spent = client.triggers(given.once()).toList().stream()
                .filter(trigger -> trigger.firesOnce() && trigger.dateFired() != null).toList();
        if (!dryRun) {
            spent.forEach(trigger -> client.deleteTrigger(trigger.sid()));
        }
        UsageMessages.result(message, new TwilioValues(spent), dryRun ? "kept" : "deleted");
    }

    private TriggerOptions given(Message message) {
        return TriggerOptions.of(options, message);
    }

    private TriggerOptions addressed(Message message) {
        return TriggerOptions.withoutBody(options, message);
    }
}
