package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class CallbackLedgerTest {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration LONG_PERIOD = Duration.ofHours(1);
    private static final List<String> KEYS = List.of("signature", "token");

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final MemoryIdempotentRepository memory = new MemoryIdempotentRepository();
    private final AtomicInteger deliveries = new AtomicInteger();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void runsOncePerSignatureHoweverItsTextIsCut() throws Exception {
        memory.start();
        CallbackLedger ledger = new CallbackLedger(memory, null, PERIOD);

        assertThat(ledger.once(KEYS, this::succeed).get()).isTrue();
        assertThat(ledger.once(List.of("signature", "tokenRecurringdaily"), this::succeed).get()).isTrue();
        assertThat(ledger.once(List.of("another", "token"), this::succeed).get()).isTrue();
        assertThat(deliveries).hasValue(1);
    }

    @Test
    void remembersTheKeysThatADeadNodeLeftOut() throws Exception {
        memory.start();
        memory.add("signature");
        CallbackLedger ledger = new CallbackLedger(memory, null, PERIOD);

        assertThat(ledger.once(KEYS, this::succeed).get()).isTrue();
        assertThat(deliveries).hasValue(0);
        assertThat(memory.getCache()).containsOnlyKeys(KEYS);
    }

    @Test
    void acceptsThatAnotherNodeRemembersAtTheSameMoment() throws Exception {
        MemoryIdempotentRepository contended = new MemoryIdempotentRepository() {
            @Override
            public boolean add(String key) {
                super.add(key);
                throw new IllegalStateException("duplicate key");
            }
        };
        contended.start();

        assertThat(new CallbackLedger(contended, null, PERIOD).once(KEYS, this::succeed).get()).isTrue();
    }

    @Test
    void runsAgainAfterFailureOrError() throws Exception {
        memory.start();
        CallbackLedger ledger = new CallbackLedger(memory, executor, PERIOD);

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
    void confirmsEachKey() throws Exception {
        List<String> confirmed = new CopyOnWriteArrayList<>();
        MemoryIdempotentRepository confirming = new MemoryIdempotentRepository() {
            @Override
            public boolean confirm(String key) {
                return confirmed.add(key);
            }
        };
        confirming.start();

        assertThat(new CallbackLedger(confirming, null, PERIOD).once(KEYS, () -> {
            assertThat(confirmed).as("not before the route is done").isEmpty();
            return succeed();
        }).get()).isTrue();
        assertThat(confirmed).containsExactlyElementsOf(KEYS);
    }

    @Test
    void respondsWithFailureIfRepositoryKeepsNothing() throws Exception {
        MemoryIdempotentRepository full = new MemoryIdempotentRepository() {
            @Override
            public boolean add(String key) {
                return false;
            }
        };
        full.start();

        assertThat(new CallbackLedger(full, null, PERIOD).once(KEYS, this::succeed).get()).isFalse();
    }

    @Test
    void respondsWithFailureIfRepositoryFails() throws Exception {
        MemoryIdempotentRepository broken = new MemoryIdempotentRepository() {
            @Override
            public boolean contains(String key) {
                throw new NoClassDefFoundError("driver");
            }
        };

        assertThat(new CallbackLedger(broken, executor, PERIOD).once(KEYS, this::succeed).get()).isFalse();
        assertThat(new CallbackLedger(broken, executor, PERIOD).once(KEYS, this::succeed).get()).isFalse();
    }

    @Test
    void sharesOutcomeOfConcurrentCallbacks() throws Exception {
        memory.start();
        CallbackLedger ledger = new CallbackLedger(memory, null, PERIOD);
        CompletableFuture<Boolean> first = new CompletableFuture<>();

        CompletableFuture<Boolean> running = ledger.once(KEYS, () -> first);
        CompletableFuture<Boolean> waiting = ledger.once(List.of("signature", "other"), this::succeed);
        assertThat(waiting).isNotDone();
        first.complete(true);
        assertThat(running.get() && waiting.get()).isTrue();
        assertThat(deliveries).hasValue(0);
    }

    @Test
    void remembersTheSignatureOfACallbackThatSharedAnOutcome() throws Exception {
        memory.start();
        CallbackLedger ledger = new CallbackLedger(memory, null, PERIOD);
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        ledger.once(KEYS, () -> first);
        CompletableFuture<Boolean> second = ledger.once(List.of("second signature", "token"), this::succeed);
        CompletableFuture<Boolean> cut = ledger.once(List.of("second signature", "tok"), this::succeed);

        assertThat(List.of(second, cut)).noneMatch(CompletableFuture::isDone);
        first.complete(true);
        assertThat(second.get() && cut.get()).isTrue();
        assertThat(ledger.once(List.of("second signature", "to"), this::succeed).get()).isTrue();
        assertThat(deliveries).hasValue(0);
    }

    @Test
    void runsOnceOnTwoNodesWithOneDatabase() throws Exception {
        JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa", "");
        JdbcMessageIdRepository one = new JdbcMessageIdRepository(database, "callbacks");
        JdbcMessageIdRepository other = new JdbcMessageIdRepository(database, "callbacks");
        one.start();
        other.start();
        List<CallbackLedger> nodes = List.of(new CallbackLedger(one, executor, PERIOD),
                new CallbackLedger(other, executor, PERIOD));
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

    @ParameterizedTest
    @ValueSource(ints = { -1, 0, 1 })
    void waitsForTheClaimOfANodeWhoseClockDiffers(int periods) throws Exception {
        memory.start();
        memory.add("token@" + (System.currentTimeMillis() / LONG_PERIOD.toMillis() + periods));
        CallbackLedger ledger = new CallbackLedger(memory, executor, LONG_PERIOD);

        assertThat(ledger.once(KEYS, this::succeed)).isNotDone();
        assertThat(deliveries).hasValue(0);
        assertThat(memory.getCache()).as("its own claims do not hold up others").hasSize(1);
    }

    @Test
    void looksForTheKeysAgainOnceItHasTheClaim() throws Exception {
        MemoryIdempotentRepository shared = new MemoryIdempotentRepository() {
            @Override
            public boolean add(String key) {
                if (key.startsWith("token@")) {
                    // Another node has finished since the first look.
                    KEYS.forEach(super::add);
                }
                return super.add(key);
            }
        };
        shared.start();

        assertThat(new CallbackLedger(shared, executor, LONG_PERIOD).once(KEYS, this::succeed).get()).isTrue();
        assertThat(deliveries).hasValue(0);
        assertThat(shared.getCache()).containsOnlyKeys(KEYS);
    }

    @Test
    void renewsItsClaimWhileTheRouteRuns() throws Exception {
        memory.start();
        CompletableFuture<Boolean> slow = new CompletableFuture<>();
        CompletableFuture<Boolean> running = new CallbackLedger(memory, executor, PERIOD).once(KEYS, () -> slow);

        assertThat(new CallbackLedger(memory, executor, PERIOD).once(KEYS, this::succeed).get(20, TimeUnit.SECONDS))
                .isFalse();
        slow.complete(true);
        assertThat(running.get()).isTrue();
        assertThat(new CallbackLedger(memory, executor, PERIOD).once(KEYS, this::succeed).get()).isTrue();
        assertThat(deliveries).hasValue(0);
        assertThat(memory.getCache().keySet()).as("claims are released").containsExactlyInAnyOrderElementsOf(KEYS);
    }

    @Test
    void renewsClaimAlthoughAnotherNodeTriedAtTheSameTime() throws Exception {
        memory.start();
        CompletableFuture<Boolean> slow = new CompletableFuture<>();
        long period = System.currentTimeMillis() / PERIOD.toMillis();
        CompletableFuture<Boolean> running = new CallbackLedger(memory, executor, PERIOD).once(KEYS, () -> slow);
        // Another node adds its claims, sees the earlier ones, and removes them when the next period has begun.
        List<String> tried = List.of("signature@" + (period + 1), "token@" + (period + 1));
        tried.forEach(memory::add);
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> System.currentTimeMillis() > (period + 1) * PERIOD.toMillis() + PERIOD.toMillis() / 2);
        tried.forEach(memory::remove);

        await().pollInterval(Duration.ofMillis(10)).until(() -> tried.stream().allMatch(memory::contains));
        slow.complete(true);
        assertThat(running.get()).isTrue();
    }

    @Test
    void closingEndsOnlyCallbacksThatWaitForAnotherNode() throws Exception {
        memory.start();
        memory.add("taken@" + System.currentTimeMillis() / PERIOD.toMillis());
        CallbackLedger ledger = new CallbackLedger(memory, executor, PERIOD);
        CompletableFuture<Boolean> slow = new CompletableFuture<>();
        CompletableFuture<Boolean> running = ledger.once(KEYS, () -> slow);
        CompletableFuture<Boolean> waiting = ledger.once(List.of("taken"), this::succeed);
        ledger.close();

        assertThat(waiting.get(1, TimeUnit.SECONDS)).isFalse();
        assertThat(ledger.pending()).isEqualTo(2);
        assertThat(ledger.once(List.of("new"), this::succeed)).isCompletedWithValue(false);
        assertThat(memory.getCache().keySet()).anyMatch(key -> key.startsWith("token@"));
        slow.complete(true);
        assertThat(running).isCompletedWithValue(true);
        assertThat(ledger.pending()).isZero();
        assertThat(deliveries).hasValue(0);
        ledger.reopen();
        assertThat(ledger.once(List.of("new"), this::succeed)).isCompletedWithValue(true);
    }

    @Test
    void takesOverFromDeadNodeBeforeTwilioGivesUp() throws Exception {
        memory.start();
        ExecutorService dying = Executors.newCachedThreadPool();
        new CallbackLedger(memory, dying, PERIOD).once(KEYS, CompletableFuture::new);
        dying.shutdownNow();

        long begun = System.nanoTime();
        assertThat(new CallbackLedger(memory, executor, PERIOD).once(KEYS, this::succeed).get(20, TimeUnit.SECONDS))
                .isTrue();
        // With the period of production, Twilio would still wait.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PERIOD.multipliedBy(3));
        assertThat(CallbackLedger.PERIOD.multipliedBy(3)).isLessThan(Duration.ofSeconds(15));
        assertThat(deliveries).hasValue(1);
    }

    private CompletableFuture<Boolean> succeed() {
        deliveries.incrementAndGet();
        return CompletableFuture.completedFuture(true);
    }
}
