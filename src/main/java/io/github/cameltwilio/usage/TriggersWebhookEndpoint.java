package io.github.cameltwilio.usage;

import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.EnsureTrigger;
import org.apache.camel.Processor;
import org.apache.camel.component.webhook.WebhookCapableEndpoint;
import org.apache.camel.component.webhook.WebhookConfiguration;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives callbacks as {@code webhook:twilio-usage:triggers} if camel-webhook is on the class path. */
final class TriggersWebhookEndpoint extends TwilioUsageEndpoint implements WebhookCapableEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(TriggersWebhookEndpoint.class);
    // An account has at most 1,000 triggers, each fires at most once a day, and callbacks expire after a day. Each has
    // two keys.
    private static final int MAX_KEYS_IN_MEMORY = 4_000;

    private WebhookConfiguration webhook;
    private String registered;

    private TriggersWebhookEndpoint(String uri, TwilioUsageComponent component,
                                    TwilioUsageConfiguration configuration) {
        super(uri, component, TwilioUsageResource.triggers, configuration);
    }

    /** Returns the general type, so that the component can be loaded without camel-webhook. */
    static TwilioUsageEndpoint of(String uri, TwilioUsageComponent component, TwilioUsageConfiguration configuration) {
        return new TriggersWebhookEndpoint(uri, component, configuration);
    }

    @Override
    public void setWebhookConfiguration(WebhookConfiguration webhook) {
        this.webhook = webhook;
    }

    @Override
    public Processor createWebhookHandler(Processor next) {
        IdempotentRepository configured = getConfiguration().getIdempotentRepository();
        if (!getConfiguration().isValidateSignature()) {
            LOG.warn("{} accepts unsigned callbacks (validateSignature=false)", this);
        }
        ExecutorService executor = configured == null ? null
                : getCamelContext().getExecutorServiceManager().newCachedThreadPool(this, "TwilioUsageCallbacks");
        IdempotentRepository repository = configured != null ? configured
                : MemoryIdempotentRepository.memoryIdempotentRepository(MAX_KEYS_IN_MEMORY);
        ServiceHelper.startService(repository);
        List<String> tokens = authTokens();
        CallbackSecrets secrets = account -> account.equals(getConfiguration().getAccountSid()) ? tokens : List.of();
        return new TriggersWebhookProcessor(this, next,
                new CallbackVerifier(address(), secrets, getConfiguration(), getComponent().clock()),
                new CallbackLedger(repository, executor));
    }

    /** Ensures the trigger that the options describe, if they describe one. */
    @Override
    public void registerWebhook() {
        String address = address();
        authTokens();
        if (getConfiguration().getTriggerValue() == null && getConfiguration().getUsageCategory() == null) {
            LOG.info("{} registers no trigger, since usageCategory and triggerValue are not set: it accepts the"
                    + " callbacks of all triggers of the account that call its address", this);
            return;
        }
        TwilioUsageConfiguration wanted = getConfiguration().copy();
        wanted.setAction(TwilioUsageAction.ensure);
        wanted.setCallbackUrl(address);
        EnsureTrigger.Result ensured = ensure(TriggerOptions.withoutBody(wanted, null));
        registered = ensured.trigger().sid();
        LOG.info("{} is registered with usage trigger {} ({})", this, registered, ensured.outcome());
    }

    @Override
    public void unregisterWebhook() {
        if (registered != null && getConfiguration().isDeleteOnStop()) {
            client().deleteTrigger(registered);
            registered = null;
        }
    }

    /** All methods, so that the wrong ones get this component's response and not the engine's. */
    @Override
    public List<String> getWebhookMethods() {
        return List.of("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE");
    }

    /** The public address, which Twilio calls and signs; behind a proxy it differs from the one that arrives here. */
    private String address() {
        if (getConfiguration().getCallbackUrl() != null) {
            return getConfiguration().getCallbackUrl();
        }
        if (webhook.getWebhookExternalUrl() == null) {
            throw new IllegalArgumentException(
                    "webhookExternalUrl is missing: set it to the scheme, host and port that Twilio"
                            + " calls, for example https://example.com, or set callbackUrl to the whole address");
        }
        try {
            return webhook.computeFullExternalUrl();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("resolved only without webhookExternalUrl", e);
        }
    }

    /** @throws IllegalArgumentException without a token, since nothing could be verified then */
    private List<String> authTokens() {
        List<String> tokens = Stream.concat(
                Stream.ofNullable(getConfiguration().getAuthToken()),
                Stream.ofNullable(getConfiguration().getAuthTokens()).flatMap(more -> Arrays.stream(more.split(","))))
                .map(String::strip).filter(token -> !token.isEmpty()).distinct().toList();
        if (tokens.isEmpty() && getConfiguration().isValidateSignature()) {
            throw new IllegalArgumentException(
                    "authTokens is missing: Twilio signs callbacks with the account's auth token, which an API key or"
                            + " an OAuth app cannot replace. Set authTokens as well; the token is on the first page"
                            + " of Twilio's console");
        }
        return tokens;
    }
}
