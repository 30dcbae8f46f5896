package io.github.cameltwilio.usage;

import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.delivery.FiringKey;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
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
final class CallbackProcessor extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackProcessor.class);
    private static final int DONE = 200;
    private static final int FAILED = 500;
    private static final String FAILED_TO_VERIFY = "failed to verify a callback";
    private static final String SIGNED_ADDRESS = "signed address";
    private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

    private final CallbacksConsumer consumer;
    private final TwilioUsageEndpoint endpoint;
    private final CallbackVerifier verifier;
    private final CallbackLedger ledger;
    private final Clock clock;
    // An exchange that Camel has dropped never ends, but then nothing refers to its callback either. The cleaner is not
    // static, because Quarkus initializes classes while it builds a native image, which cannot contain a thread.
    private final Cleaner cleaner = Cleaner.create();
    private final Map<String, Instant> lastWarnings = new ConcurrentHashMap<>();

    CallbackProcessor(CallbacksConsumer consumer, CallbackVerifier verifier, CallbackLedger ledger) {
        this.consumer = consumer;
        this.endpoint = (TwilioUsageEndpoint) consumer.getEndpoint();
        this.verifier = verifier;
        this.ledger = ledger;
        this.clock = endpoint.getComponent().clock();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        int status;
        try {
            receive(exchange.getMessage()).thenAccept(processed -> {
                UsageMessages.response(exchange.getMessage(), processed ? DONE : FAILED);
                callback.done(false);
            });
            return false;
        } catch (RejectedCallbackException e) {
            status = e.status();
        } catch (Throwable e) {
            // Errors are caught too, because engines would respond with the stack trace, or not at all.
            if (beginWarningInterval(FAILED_TO_VERIFY)) {
                LOG.warn("{} {}, which Twilio may retry", endpoint, FAILED_TO_VERIFY, e);
            } else {
                LOG.debug("{} {}: {}", endpoint, FAILED_TO_VERIFY, e.toString());
            }
            status = FAILED;
        }
        UsageMessages.response(exchange.getMessage(), status);
        callback.done(true);
        return true;
    }

    private CompletableFuture<Boolean> receive(Message message) throws RejectedCallbackException {
        CallbackMethod method = endpoint.getConfiguration().getCallbackMethod();
        CallbackRequest request = null;
        try {
            request = CallbackRequest.of(message, method == null ? CallbackMethod.POST : method);
            TriggerFired fired = verifier.verify(request);
            if (fired.datedByReceipt() && beginWarningInterval("DateFired")) {
                LOG.warn("{} cannot read the DateFired of a callback and takes the time of receipt instead", endpoint);
            }
            return ledger.once(keys(request, fired), () -> deliver(fired));
        } catch (RejectedCallbackException e) {
            warnOfRejected(message, request, e.getMessage());
            throw e;
        }
    }

    /**
     * The signature is a key too, because a replay could cut another token out of the same signed text. The token is
     * prefixed with its account, because the owner of another account could sign a callback with the same token.
     */
    static List<String> keys(CallbackRequest request, TriggerFired fired) {
        return Stream.of(request.signature(), fired.accountSid() + " " + fired.idempotencyToken())
                .filter(String.class::isInstance)
                // Hashed, because Twilio does not limit the length of a token, but the columns of repositories do.
                .map(key -> TwilioSignature.bodyHash(((String) key).getBytes(StandardCharsets.UTF_8))).toList();
    }

    private CompletableFuture<Boolean> deliver(TriggerFired fired) {
        CompletableFuture<Boolean> succeeded = new CompletableFuture<>();
        Exchange exchange = consumer.createExchange(false);
        UsageMessages.fired(exchange.getMessage(), fired, FiringKey.of(fired));
        AsyncCallback ended = sync -> {
            boolean failed = exchange.getException() != null || exchange.isRollbackOnly()
                    || exchange.isRollbackOnlyLast();
            if (failed) {
                LOG.warn("{} failed to process a callback, which Twilio may retry", endpoint, exchange.getException());
            }
            consumer.releaseExchange(exchange, false);
            succeeded.complete(!failed);
        };
        cleaner.register(ended, () -> {
            if (succeeded.complete(false)) {
                LOG.warn("{} failed to process a callback, which Twilio may retry: the route dropped the exchange,"
                        + " probably because of an Error on another thread", endpoint);
            }
        });
        consumer.getAsyncProcessor().process(exchange, ended);
        return succeeded;
    }

    private void warnOfRejected(Message message, CallbackRequest request, String reason) {
        Optional<String> signed = request == null || !isWarningDue(SIGNED_ADDRESS) ? Optional.empty()
                : verifier.signedAddress(message, request);
        // The address has an interval of its own, because junk that is rejected for the same reason would hide it.
        if (signed.isPresent() && beginWarningInterval(SIGNED_ADDRESS)) {
            LOG.warn("{} rejected a request: {}: Twilio signed {}, so set callbackUrl to that", endpoint, reason,
                    // The address may have a password.
                    signed.get().replaceFirst("//[^/]*@", "//xxxxxx@"));
        } else if (beginWarningInterval(reason)) {
            LOG.warn("{} rejected a request: {}", endpoint, reason);
        } else {
            LOG.debug("{} rejected a request: {}", endpoint, reason);
        }
    }

    /**
     * Returns false during the interval after a warning, because anyone can send requests. Each kind has its own
     * interval, so that junk does not hide a real problem.
     */
    private boolean beginWarningInterval(String kind) {
        if (!isWarningDue(kind)) {
            return false;
        }
        lastWarnings.put(kind, clock.instant());
        return true;
    }

    private boolean isWarningDue(String kind) {
        Instant last = lastWarnings.get(kind);
        return last == null || !clock.instant().isBefore(last.plus(WARNING_INTERVAL));
    }
}
