package io.github.cameltwilio.usage;

import java.util.Map;

import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Whether a producer is ready: Twilio accepts its credentials. This is checked until it succeeds once. Later failures
 * concern single messages, and their routes have to handle them.
 */
final class CredentialsHealthCheck extends AbstractHealthCheck {
    private final TwilioUsageEndpoint endpoint;
    private volatile boolean accepted;

    CredentialsHealthCheck(TwilioUsageEndpoint endpoint) {
        super("camel", "producer:twilio-usage-" + endpoint.getId());
        this.endpoint = endpoint;
        setEnabled(endpoint.getComponent().isHealthCheckProducerEnabled());
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        try {
            if (!accepted) {
                endpoint.client().checkCredentials();
                accepted = true;
            }
            builder.up();
        } catch (RuntimeException e) {
            builder.down().message(e.getMessage()).error(e).details(ConsumerMetrics.details(e));
        }
    }
}
