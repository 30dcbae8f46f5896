package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.camel.processor.idempotent.jdbc.JdbcMessageIdRepository;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class CallbackLedgerTest {
    private static final List<String> KEYS = List.of("signature", "token");

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final MemoryIdempotentRepository memory = new MemoryIdempotentRepository();
    private final AtomicInteger deliveries = new AtomicInteger();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void runsNoSecondCutOfTheSameSignature() throws Exception {
        memory.start();
        CallbackLedger ledger = new CallbackLedger(memory, null);

        assertThat(ledger.once(KEYS, this::succeed).get()).isTrue();
        assertThat(ledger.once(List.of("signature", "tokenRecurringdaily"), this::succeed).get()).isTrue();
        assertThat(ledger.once(List.of("another", "token"), this::succeed).get()).isTrue();
        assertThat(deliveries).hasValue(1);
    }

    @Test
    void runsAgainAfterFailureOrError() throws Exception {
        memory.start();
        CallbackLedger ledger = new CallbackLedger(memory, executor);

        assertThat(ledger.once(KEYS, () -> CompletableFuture.completedFuture(false)).get()).isFalse();
        assertThat(ledger.once(KEYS, () -> CompletableFuture.failedFuture(new IllegalStateException())).get())
                .isFalse();
        assertThat(ledger.once(KEYS, () -> {
            throw new StackOverflowError();
        }).get()).isFalse();
        assertThat(memory.getCacheSize()).isZero();
        assertThat(ledger.once(KEYS, this::succeed).get()).isTrue();
    }

    @Test
    void respondsWithFailureIfRepositoryFails() throws Exception {
        MemoryIdempotentRepository broken = new MemoryIdempotentRepository() {
            @Override
            public boolean contains(String key) {
                throw new NoClassDefFoundError("driver");
            }
        };

        assertThat(new CallbackLedger(broken, executor).once(KEYS, this::succeed).get()).isFalse();
        assertThat(new CallbackLedger(broken, executor).once(KEYS, this::succeed).get()).isFalse();
    }

    @Test
    void sharesOutcomeOfConcurrentCallbacks() throws Exception {
        memory.start();
        CallbackLedger ledger = new CallbackLedger(memory, null);
        CompletableFuture<Boolean> first = new CompletableFuture<>();

        CompletableFuture<Boolean> running = ledger.once(KEYS, () -> first);
        CompletableFuture<Boolean> waiting = ledger.once(List.of("signature", "other"), this::succeed);
        assertThat(waiting).isNotDone();
        first.complete(true);
        assertThat(running.get() && waiting.get()).isTrue();
        assertThat(deliveries).hasValue(0);
    }

    @Test
    void runsOnceOnTwoNodesWithOneDatabase() throws Exception {
        JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa", "");
        JdbcMessageIdRepository one = new JdbcMessageIdRepository(database, "callbacks");
        JdbcMessageIdRepository other = new JdbcMessageIdRepository(database, "callbacks");
        one.start();
        other.start();
        List<CallbackLedger> nodes = List.of(new CallbackLedger(one, executor), new CallbackLedger(other, executor));
        for (int firing = 0; firing < 50; firing++) {
            List<String> keys = List.of("signature" + firing, "token" + firing);
            List<CompletableFuture<Boolean>> outcomes = new ArrayList<>();
            for (CallbackLedger node : nodes) {
                outcomes.add(CompletableFuture.supplyAsync(() -> node.once(keys, this::succeed), executor)
                        .thenCompose(outcome -> outcome));
            }
            for (CompletableFuture<Boolean> outcome : outcomes) {
                assertThat(outcome.get(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(deliveries).hasValue(firing + 1);
        }
        database.dispose();
    }

    @Test
    void renewsItsClaimWhileTheRouteRuns() throws Exception {
        memory.start();
        CompletableFuture<Boolean> slow = new CompletableFuture<>();
        CompletableFuture<Boolean> running = new CallbackLedger(memory, executor).once(KEYS, () -> slow);

        assertThat(new CallbackLedger(memory, executor).once(KEYS, this::succeed).get(20, TimeUnit.SECONDS)).isFalse();
        slow.complete(true);
        assertThat(running.get()).isTrue();
        assertThat(new CallbackLedger(memory, executor).once(KEYS, this::succeed).get()).isTrue();
        assertThat(deliveries).hasValue(0);
        assertThat(memory.getCache().keySet()).as("claims are released").containsExactlyInAnyOrderElementsOf(KEYS);
    }

    @Test
    void takesOverFromDeadNodeBeforeTwilioGivesUp() throws Exception {
        memory.start();
        ExecutorService dying = Executors.newCachedThreadPool();
        new CallbackLedger(memory, dying).once(KEYS, CompletableFuture::new);
        dying.shutdownNow();

        long begun = System.nanoTime();
        assertThat(new CallbackLedger(memory, executor).once(KEYS, this::succeed).get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        assertThat(deliveries).hasValue(1);
    }

    private CompletableFuture<Boolean> succeed() {
        deliveries.incrementAndGet();
        return CompletableFuture.completedFuture(true);
    }
}
