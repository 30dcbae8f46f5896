package io.github.cameltwilio.usage;

import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.EnsuredTrigger;
import org.apache.camel.Processor;
import org.apache.camel.component.webhook.WebhookCapableEndpoint;
import org.apache.camel.component.webhook.WebhookConfiguration;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The endpoint of triggers where camel-webhook is there: {@code webhook:twilio-usage:triggers} receives callbacks. */
final class TriggersWebhookEndpoint extends TwilioUsageEndpoint implements WebhookCapableEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(TriggersWebhookEndpoint.class);
    // An account has 1,000 triggers, each fires once a day at the most, and a day later its callback is too old.
    private static final int TOKENS_IN_MEMORY = 2_000;

    private WebhookConfiguration webhook;
    private String registered;

    private TriggersWebhookEndpoint(String uri, TwilioUsageComponent component,
                                    TwilioUsageConfiguration configuration) {
        super(uri, component, TwilioUsageResource.triggers, configuration);
    }

    /** Of the general type, so that the component is loaded without camel-webhook too. */
    static TwilioUsageEndpoint of(String uri, TwilioUsageComponent component, TwilioUsageConfiguration configuration) {
        return new TriggersWebhookEndpoint(uri, component, configuration);
    }

    @Override
    public void setWebhookConfiguration(WebhookConfiguration webhook) {
        this.webhook = webhook;
    }

    @Override
    public Processor createWebhookHandler(Processor next) {
        IdempotentRepository given = getConfiguration().getIdempotentRepository();
        if (!getConfiguration().isValidateSignature()) {
            LOG.warn("{} believes every caller, because validateSignature=false", this);
        }
        return new TriggersWebhookProcessor(this, next, address(), authTokens(),
                given != null ? given : MemoryIdempotentRepository.memoryIdempotentRepository(TOKENS_IN_MEMORY));
    }

    /** Makes sure of the trigger, unless the options name none: then there are triggers that call here already. */
    @Override
    public void registerWebhook() {
        String address = address();
        authTokens();
        if (getConfiguration().getTriggerValue() == null && getConfiguration().getUsageCategory() == null) {
            LOG.info("{} waits for the callbacks of triggers that exist: no triggerValue and no usageCategory name one",
                    this);
            return;
        }
        TwilioUsageConfiguration wanted = getConfiguration().copy();
        wanted.setAction(TwilioUsageAction.ensure);
        wanted.setCallbackUrl(address);
        EnsuredTrigger ensured = ensure(TriggerOptions.withoutBody(wanted, null));
        registered = ensured.trigger().sid();
        LOG.info("{} is called by usage trigger {} ({})", this, registered, ensured.outcome());
    }

    @Override
    public void unregisterWebhook() {
        if (registered != null && getConfiguration().isDeleteOnStop()) {
            client().deleteTrigger(registered);
            registered = null;
        }
    }

    /** Any method, so that the wrong ones get our answer and not the engine's. */
    @Override
    public List<String> getWebhookMethods() {
        return List.of("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE");
    }

    /** The address as Twilio calls it, which is what it signs: in front of a proxy it is not the one that arrives here. */
    private String address() {
        if (getConfiguration().getCallbackUrl() != null) {
            return getConfiguration().getCallbackUrl();
        }
        if (webhook.getWebhookExternalUrl() == null) {
            throw new IllegalArgumentException(
                    "webhookExternalUrl is missing: give the scheme, host and port that Twilio"
                            + " calls, such as https://example.com, or callbackUrl with the whole address");
        }
        try {
            return webhook.computeFullExternalUrl();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("only asked for where there is no webhookExternalUrl", e);
        }
    }

    /** @throws IllegalArgumentException when nothing could be verified: what cannot be refused must not be received */
    private List<String> authTokens() {
        List<String> tokens = Stream.concat(
                Stream.ofNullable(getConfiguration().getAuthToken()),
                Stream.ofNullable(getConfiguration().getAuthTokens()).flatMap(more -> Arrays.stream(more.split(","))))
                .map(String::strip).filter(token -> !token.isEmpty()).distinct().toList();
        if (tokens.isEmpty() && getConfiguration().isValidateSignature()) {
            throw new IllegalArgumentException(
                    "authTokens is missing: Twilio signs its callbacks with the account's auth"
                            + " token, so an API key or an OAuth app cannot verify them. Give authTokens beside it; the token is on the"
                            + " first page of Twilio's console");
        }
        return tokens;
    }
}
