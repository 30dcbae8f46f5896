package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.github.cameltwilio.usage.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class AuthenticatorTest {
    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    private final AtomicInteger tokenRequests = new AtomicInteger();
    private final Authenticator authenticator = new Authenticator(
            new Credentials("AC1", "OQ1", "hush", URI.create("https://oauth.twilio.com/v2/token")),
            clock);

    @ParameterizedTest
    @CsvSource({ "PT1H, PT59M30S", "PT1M, PT30S", "PT20S, PT10S", "P30D, P29DT23H59M30S" })
    void renewsATokenBeforeItExpires(Duration lifetime, Duration renewed)
            throws Exception {
        assertThat(authorization(lifetime)).isEqualTo("Bearer token-1");
        clock.advance(renewed.minusMillis(1));
        assertThat(authorization(lifetime)).isEqualTo("Bearer token-1");
        clock.advance(Duration.ofMillis(1));
        assertThat(authorization(lifetime)).isEqualTo("Bearer token-2");
    }

    @Test
    void usesAnExpiredTokenForOneRequest() throws Exception {
        assertThat(authorization(Duration.ZERO)).isEqualTo("Bearer token-1");
        assertThat(authorization(Duration.ZERO)).isEqualTo("Bearer token-2");
    }

    @Test
    void countsTheLifetimeFromTheRequest() throws Exception {
        authenticator.authorization(() -> {
            clock.advance(Duration.ofMinutes(2));
            return token(Duration.ofHours(1));
        });
        clock.advance(Duration.ofMinutes(57).plusSeconds(30));

        assertThat(authorization(Duration.ofHours(1))).isEqualTo("Bearer token-2");
    }

    @Test
    void discardsARejectedTokenButNotItsSuccessor() throws Exception {
        String first = authorization(Duration.ofHours(1));

        assertThat(authenticator.discard(first)).isTrue();
        assertThat(authorization(Duration.ofHours(1))).isEqualTo("Bearer token-2");
        assertThat(authenticator.discard(first)).isTrue();
        assertThat(authorization(Duration.ofHours(1))).isEqualTo("Bearer token-2");
    }

    @Test
    void doesNotRenewAnAuthToken() throws Exception {
        Authenticator basic = new Authenticator(new Credentials("AC1", "AC1", "hush"), clock);
        String authorization = basic.authorization(() -> token(Duration.ofHours(1)));

        assertThat(authorization).isEqualTo("Basic QUMxOmh1c2g=");
        assertThat(basic.discard(authorization)).isFalse();
        assertThat(tokenRequests).hasValue(0);
    }

    @Test
    void waitingRequestsShareAFailure() throws Exception {
        CountDownLatch allWait = new CountDownLatch(1);
        TwilioApiException failure = TwilioApiException.noResponse(new Operation("authenticate", Operation.Kind.READ),
                new IOException("reset"));
        List<FutureTask<String>> requests = inParallel(4, () -> authenticator.authorization(() -> {
            tokenRequests.incrementAndGet();
            join(allWait);
            throw failure;
        }));
        allWait.countDown();

        for (FutureTask<String> request : requests) {
            assertThatThrownBy(request::get).isInstanceOf(ExecutionException.class).cause().isSameAs(failure);
        }
        assertThat(tokenRequests).hasValue(1);
        assertThat(authorization(Duration.ofHours(1))).as("the next request fetches another token")
                .isEqualTo("Bearer token-2");
    }

    @Test
    void waitingCanBeInterrupted() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Supplier<Authenticator.AccessToken> slow = () -> {
            join(end);
            return token(Duration.ofHours(1));
        };
        Thread first = waiting(new FutureTask<>(() -> authenticator.authorization(slow)));
        FutureTask<String> second = new FutureTask<>(() -> authenticator.authorization(slow));
        waiting(second).interrupt();

        assertThatThrownBy(second::get).hasCauseInstanceOf(InterruptedException.class);
        end.countDown();
        first.join();
        assertThat(tokenRequests).hasValue(1);
    }

    @Test
    void printsNoSecrets() throws Exception {
        authorization(Duration.ofHours(1));

        assertThat(authenticator).hasToString("Authenticator[AC1]");
        assertThat(token(Duration.ofHours(1))).hasToString("AccessToken[PT1H]");
        assertThat(new Authenticator.SecretHeader("Authorization", "Bearer token"))
                .hasToString("Authorization: xxxxxx");
    }

    @Test
    void masksSecretsInQuotedRequests() throws Exception {
        assertThat(authenticator.maskSecrets("client_secret=hush")).isEqualTo("client_secret=xxxxxx");
        String bearer = authorization(Duration.ofHours(1));
        assertThat(authenticator.maskSecrets("no such '" + bearer + "'")).isEqualTo("no such 'Bearer xxxxxx'");
    }

    private String authorization(Duration lifetime) throws InterruptedException {
        return authenticator.authorization(() -> token(lifetime));
    }

    private Authenticator.AccessToken token(Duration lifetime) {
        return new Authenticator.AccessToken("token-" + tokenRequests.incrementAndGet(), lifetime);
    }

    /** Returns when every request waits, either for a token or for the request that fetches it. */
    private static List<FutureTask<String>> inParallel(int number, Callable<String> request) {
        List<FutureTask<String>> tasks = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            tasks.add(new FutureTask<>(request));
            waiting(tasks.get(i));
        }
        return tasks;
    }

    private static Thread waiting(FutureTask<String> task) {
        Thread thread = new Thread(task);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        return thread;
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
