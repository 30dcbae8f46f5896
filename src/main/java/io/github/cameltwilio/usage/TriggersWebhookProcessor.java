package io.github.cameltwilio.usage;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioSignature;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies Twilio's callbacks, passes each firing to the route once, and responds when the route is done, so that
 * Twilio retries what failed.
 *
 * <p>
 * The route runs on a new exchange, which holds verified values and nothing else of the request. Likewise, nothing of
 * that exchange is in the response.
 */
final class TriggersWebhookProcessor extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(TriggersWebhookProcessor.class);
    private static final int DONE = 200;
    private static final int FAILED = 500;
    private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

    private final TwilioUsageEndpoint endpoint;
    private final AsyncProcessor route;
    private final String address;
    private final List<String> authTokens;
    private final IdempotentRepository processed;
    private final Clock clock;
    private final ConcurrentMap<String, CompletableFuture<Integer>> inFlight = new ConcurrentHashMap<>();
    private volatile Instant lastWarning = Instant.MIN;

    /** @param authTokens may be empty if {@code validateSignature=false} */
    TriggersWebhookProcessor(TwilioUsageEndpoint endpoint, Processor route, String address, List<String> authTokens,
                             IdempotentRepository processed) {
        this.endpoint = endpoint;
        this.route = AsyncProcessorConverterHelper.convert(route);
        this.address = address;
        this.authTokens = authTokens;
        this.processed = processed;
        this.clock = endpoint.getComponent().clock();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        TriggerFired fired;
        try {
            fired = verified(exchange);
        } catch (RejectedCallbackException e) {
            warn(e.getMessage());
            UsageMessages.answer(exchange.getMessage(), e.status());
            callback.done(true);
            return true;
        }
        once(fired).thenAccept(status -> {
            UsageMessages.answer(exchange.getMessage(), status);
            callback.done(false);
        });
        return false;
    }

    private TriggerFired verified(Exchange exchange) throws RejectedCallbackException {
        TwilioUsageConfiguration options = endpoint.getConfiguration();
        CallbackRequest request = CallbackRequest.of(exchange.getMessage(),
                options.getCallbackMethod() == null ? CallbackMethod.POST : options.getCallbackMethod());
        if (options.isValidateSignature() && !request.isSigned(address, authTokens)) {
            throw RejectedCallbackException.notSigned();
        }
        TriggerFired fired = read(request.parameters());
        if (!fired.accountSid().equals(options.getAccountSid())) {
            throw RejectedCallbackException.malformed("it belongs to another account than accountSid");
        }
        Duration age = Duration.between(fired.dateFired().toInstant(), clock.instant()).abs();
        if (age.compareTo(options.getCallbackMaxAge()) > 0) {
            throw RejectedCallbackException
                    .malformed("it fired longer ago than callbackMaxAge, or the clock of this machine is wrong");
        }
        return fired;
    }

    private static TriggerFired read(Map<String, String> parameters) throws RejectedCallbackException {
        try {
            return TriggerFired.of(parameters);
        } catch (IllegalArgumentException e) {
            throw RejectedCallbackException.malformed(e.getMessage());
        }
    }

    /** Concurrent callbacks of one firing share the outcome of the first. */
    private CompletableFuture<Integer> once(TriggerFired fired) {
        // Hashed, since Twilio does not limit the length of a token, but the columns of repositories are limited.
        String key = TwilioSignature.bodyHash(fired.idempotencyToken().getBytes(StandardCharsets.UTF_8));
        CompletableFuture<Integer> status = new CompletableFuture<>();
        CompletableFuture<Integer> earlier = inFlight.putIfAbsent(key, status);
        if (earlier != null) {
            return earlier;
        }
        try {
            if (processed.contains(key)) {
                finish(key, status, DONE);
            } else {
                deliver(fired, key, status);
            }
        } catch (RuntimeException e) {
            LOG.warn("{} could not process a callback, which Twilio may retry", endpoint, e);
            finish(key, status, FAILED);
        }
        return status;
    }

    private void deliver(TriggerFired fired, String key, CompletableFuture<Integer> status) {
        Exchange exchange = endpoint.createExchange();
        UsageMessages.fired(exchange.getMessage(), fired);
        route.process(exchange, sync -> finish(key, status, outcome(exchange, key)));
    }

    /** Marks the firing as processed only now, so that a callback lost in a crash is accepted again. */
    private int outcome(Exchange exchange, String key) {
        if (exchange.getException() != null || exchange.isRollbackOnly()) {
            LOG.warn("{} failed to process a callback, which Twilio may retry", endpoint,
                    exchange.getException());
            return FAILED;
        }
        try {
            processed.add(key);
            processed.confirm(key);
            return DONE;
        } catch (RuntimeException e) {
            LOG.warn("{} processed a callback but could not mark it as processed; Twilio may retry it", endpoint, e);
            return FAILED;
        }
    }

    private void finish(String key, CompletableFuture<Integer> status, int outcome) {
        inFlight.remove(key, status);
        status.complete(outcome);
    }

    /** Rate-limits warnings, since anyone can send requests. */
    private void warn(String reason) {
        Instant now = clock.instant();
        if (lastWarning.equals(Instant.MIN) || !now.isBefore(lastWarning.plus(WARNING_INTERVAL))) {
            lastWarning = now;
            LOG.warn("{} rejected a request: {}", endpoint, reason);
        } else {
            LOG.debug("{} rejected a request: {}", endpoint, reason);
        }
    }

    @Override
    protected void doStart() throws Exception {
        ServiceHelper.startService(processed);
        super.doStart();
    }
}
