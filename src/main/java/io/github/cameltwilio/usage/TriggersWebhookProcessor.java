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
 * Takes Twilio's callbacks: believes what is signed, hands each firing to the route once, and answers when the route
 * is done, so that Twilio repeats what failed.
 *
 * <p>
 * The route gets an exchange of its own, made of verified values. Nothing of the request is on it, and nothing of it is
 * in the answer.
 */
final class TriggersWebhookProcessor extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(TriggersWebhookProcessor.class);
    private static final int DONE = 200;
    private static final int FAILED = 500;
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

    private final TwilioUsageEndpoint endpoint;
    private final AsyncProcessor route;
    private final String address;
    private final List<String> authTokens;
    private final IdempotentRepository processed;
    private final Clock clock;
    private final ConcurrentMap<String, CompletableFuture<Integer>> inFlight = new ConcurrentHashMap<>();
    private volatile Instant warned = Instant.MIN;

    /** @param authTokens none to believe what is not signed */
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
            fired = believed(exchange);
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

    private TriggerFired believed(Exchange exchange) throws RejectedCallbackException {
        TwilioUsageConfiguration options = endpoint.getConfiguration();
        CallbackRequest request = CallbackRequest.of(exchange.getMessage(),
                options.getCallbackMethod() == null ? CallbackMethod.POST : options.getCallbackMethod());
        if (options.isValidateSignature() && !request.isSigned(address, authTokens)) {
            throw RejectedCallbackException.notSigned();
        }
        TriggerFired fired = read(request.parameters());
        if (!fired.accountSid().equals(options.getAccountSid())) {
            throw RejectedCallbackException.odd("it is of another account than accountSid");
        }
        Duration age = Duration.between(fired.dateFired().toInstant(), clock.instant()).abs();
        if (age.compareTo(options.getCallbackMaxAge()) > 0) {
            throw RejectedCallbackException
                    .odd("it fired longer ago than callbackMaxAge, or this machine's clock is wrong");
        }
        return fired;
    }

    private static TriggerFired read(Map<String, String> parameters) throws RejectedCallbackException {
        try {
            return TriggerFired.of(parameters);
        } catch (IllegalArgumentException e) {
            throw RejectedCallbackException.odd(e.getMessage());
        }
    }

    /** Whoever calls while the firing is processed gets the answer of that. */
    private CompletableFuture<Integer> once(TriggerFired fired) {
        // Tokens are as long as Twilio likes, the columns of repositories are not.
        String key = TwilioSignature.bodyHash(fired.idempotencyToken().getBytes(StandardCharsets.UTF_8));
        CompletableFuture<Integer> status = new CompletableFuture<>();
        CompletableFuture<Integer> other = inFlight.putIfAbsent(key, status);
        if (other != null) {
            return other;
        }
        try {
            if (processed.contains(key)) {
                finish(key, status, DONE);
            } else {
                deliver(fired, key, status);
            }
        } catch (RuntimeException e) {
            LOG.warn("{} could not process a callback, which Twilio may repeat", endpoint, e);
            finish(key, status, FAILED);
        }
        return status;
    }

    private void deliver(TriggerFired fired, String key, CompletableFuture<Integer> status) {
        Exchange exchange = endpoint.createExchange();
        UsageMessages.fired(exchange.getMessage(), fired);
        route.process(exchange, sync -> finish(key, status, outcome(exchange, key)));
    }

    /** Remembered only now: a process that dies before this is called again by Twilio, and must not say "known". */
    private int outcome(Exchange exchange, String key) {
        if (exchange.getException() != null || exchange.isRollbackOnly()) {
            LOG.warn("{} delivered a callback to a route that failed, and Twilio may repeat it", endpoint,
                    exchange.getException());
            return FAILED;
        }
        try {
            processed.add(key);
            processed.confirm(key);
            return DONE;
        } catch (RuntimeException e) {
            LOG.warn("{} could not remember a callback that was processed, and Twilio may repeat it", endpoint, e);
            return FAILED;
        }
    }

    private void finish(String key, CompletableFuture<Integer> status, int outcome) {
        inFlight.remove(key, status);
        status.complete(outcome);
    }

    /** Anyone can make requests, and nobody is to fill the log with them. */
    private void warn(String reason) {
        Instant now = clock.instant();
        if (warned.equals(Instant.MIN) || !now.isBefore(warned.plus(BETWEEN_WARNINGS))) {
            warned = now;
            LOG.warn("{} refused a request: {}", endpoint, reason);
        } else {
            LOG.debug("{} refused a request: {}", endpoint, reason);
        }
    }

    @Override
    protected void doStart() throws Exception {
        ServiceHelper.startService(processed);
        super.doStart();
    }
}
