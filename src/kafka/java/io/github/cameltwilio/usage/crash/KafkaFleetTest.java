package io.github.cameltwilio.usage.crash;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Lets the nodes of the project in src/it/fleet fail while Twilio corrects values: the topic ends with Twilio's values,
 * never goes back to an older one, and repeats at most what was in flight.
 *
 * <p>
 * {@code -Drounds=20} makes a long run with 600 subaccounts; {@code -Dcrash.seed} replays its random choices.
 */
@Tag("slow")
@Timeout(value = 120, unit = TimeUnit.MINUTES)
class KafkaFleetTest {
    private static final boolean IS_LONG = System.getProperty("rounds") != null;
    private static final int ROUNDS = Integer.getInteger("rounds", 1);
    private static final int SUBACCOUNTS = IS_LONG ? 600 : 60;
    // How long a node that is no longer the leader may go on, on a busy machine.
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());

    private final Random random = new Random(SEED);
    private FleetWorld world;

    @TempDir
    Path directory;

    /** What happens to a fleet. */
    enum Fault {
        ONE_NODE_KILLED(1, 0),
        NODE_PAUSED(1, 20),
        TWO_NODES_KILLED(2, 0),
        NODE_PARTITIONED(1, 12),
        ALL_NODES_RESTARTED(FleetWorld.NODES, 0);

        private final int victims;
        private final int seconds;

        Fault(int victims, int seconds) {
            this.victims = victims;
            this.seconds = seconds;
        }
    }

    private record Read(long at, FleetNode node) {
    }

    @BeforeEach
    void startWorld() throws Exception {
        world = new FleetWorld(SEED, SUBACCOUNTS, directory);
    }

    @AfterEach
    void stopWorld() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    @Test
    void topicIsRightWhateverHappensToTheNodes() throws Exception {
        world.startNodes();
        awaitTwiliosValues("start");
        List<Fault> faults = Arrays.asList(Fault.values());
        for (int round = 1; round <= ROUNDS; round++) {
            Collections.shuffle(faults, random);
            for (Fault fault : faults) {
                survive(round, fault);
            }
        }
    }

    private void survive(int round, Fault fault) throws Exception {
        world.forgetRequests();
        await().atMost(FleetWorld.PATIENCE).until(() -> reads().size() == FleetWorld.SHARDS);
        int repeatsBefore = world.topic().repeats();
        AtomicBoolean over = new AtomicBoolean();
        Thread corrections = new Thread(() -> correctUntil(over), "corrections");
        corrections.start();
        TimeUnit.SECONDS.sleep(2);

        Map<Integer, FleetNode> leaders = leaders();
        List<FleetNode> victims = new ArrayList<>(world.nodes());
        // The nodes that have the most to lose.
        victims.sort(Comparator.comparing(node -> -Collections.frequency(leaders.values(), node)));
        victims.subList(fault.victims, victims.size()).clear();
        List<Integer> shards = leaders.keySet().stream().filter(shard -> victims.contains(leaders.get(shard))).toList();
        long begin = System.nanoTime();
        begin(fault, victims);
        if (fault == Fault.NODE_PARTITIONED) {
            // Otherwise it would learn from Kafka, by its next record, that it is no longer the leader.
            over.set(true);
        }
        long failover = 0;
        if (fault != Fault.ALL_NODES_RESTARTED) {
            failover = awaitOtherLeaders(shards, victims, begin);
        }
        TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(fault.seconds) - (System.nanoTime() - begin));
        long end = System.nanoTime();
        end(fault, victims);
        TimeUnit.SECONDS.sleep(2);
        over.set(true);
        corrections.join();
        awaitTwiliosValues(fault.toString());

        int repeats = world.topic().repeats() - repeatsBefore;
        List<Read> late = requestsOfFormer(leaders, begin);
        System.out.printf(
                "round %d: %s of %s with %d shards, others read after %.1f s, %d repeats, %d requests of former"
                        + " leaders, %d exits%n",
                round, fault, victims, shards.size(), failover / 1e9, repeats,
                late.size(), world.exits());
        assertThat(world.topic().disordered()).as("older values after newer ones, seed %s", SEED).isEmpty();
        // A node has at most one exchange of each of its shards in flight.
        assertThat(repeats).as("repeats, seed %s", SEED).isLessThanOrEqualTo(shards.size());
        // A paused node learns only after its pause that it is no longer the leader.
        long noticed = fault == Fault.NODE_PAUSED ? end : begin + FleetWorld.SESSION.toNanos();
        assertThat(late).as("requests of former leaders, seed %s", SEED)
                .allSatisfy(read -> assertThat(Duration.ofNanos(read.at - noticed)).isLessThan(GRACE));
    }

    private void correctUntil(AtomicBoolean over) {
        while (!over.get()) {
            world.correctSomething();
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void begin(Fault fault, List<FleetNode> victims) throws Exception {
        for (FleetNode victim : victims) {
            switch (fault) {
                case NODE_PAUSED -> victim.pause();
                case NODE_PARTITIONED -> victim.disconnect();
                default -> victim.kill();
            }
        }
    }

    private void end(Fault fault, List<FleetNode> victims) throws Exception {
        for (FleetNode victim : victims) {
            switch (fault) {
                case NODE_PAUSED -> victim.resume();
                case NODE_PARTITIONED -> victim.connect();
                default -> victim.start(world.nodes().indexOf(victim) + 1, FleetWorld.NODES);
            }
        }
    }

    /** Returns how long it took until each of these shards was read by a node that is not a victim. */
    private long awaitOtherLeaders(List<Integer> shards, List<FleetNode> victims, long begin) {
        Map<Integer, Long> firsts = new HashMap<>();
        await().atMost(FleetWorld.PATIENCE).until(() -> {
            reads().forEach((shard, reads) -> reads.stream()
                    .filter(read -> read.at > begin && !victims.contains(read.node))
                    .forEach(read -> firsts.putIfAbsent(shard, read.at)));
            return firsts.keySet().containsAll(shards);
        });
        return shards.stream().mapToLong(shard -> firsts.get(shard) - begin).max().orElse(0);
    }

    private void awaitTwiliosValues(String after) {
        await(after).atMost(FleetWorld.PATIENCE).pollInterval(Duration.ofMillis(500))
                .failFast("nodes end by themselves again and again", () -> world.exits() > 10 * ROUNDS)
                .untilAsserted(() -> assertThat(world.differences()).as("seed %s", SEED).isEmpty());
    }

    /** The requests of each shard, in order. */
    private Map<Integer, List<Read>> reads() {
        Map<Integer, List<Read>> reads = new HashMap<>();
        for (FleetNode node : world.nodes()) {
            node.requests().forEach(request -> reads
                    .computeIfAbsent(FleetWorld.shard(request.account()), shard -> new ArrayList<>())
                    .add(new Read(request.at(), node)));
        }
        reads.values().forEach(list -> list.sort(Comparator.comparingLong(Read::at)));
        return reads;
    }

    private Map<Integer, FleetNode> leaders() {
        Map<Integer, FleetNode> leaders = new HashMap<>();
        reads().forEach((shard, reads) -> leaders.put(shard, reads.get(reads.size() - 1).node));
        return leaders;
    }

    /** Returns the requests of these leaders for their shards after another node had begun to read them. */
    private List<Read> requestsOfFormer(Map<Integer, FleetNode> leaders, long begin) {
        List<Read> late = new ArrayList<>();
        Map<Integer, List<Read>> all = reads();
        leaders.forEach((shard, leader) -> all.get(shard).stream().filter(read -> read.at > begin)
                .dropWhile(read -> read.node == leader).filter(read -> read.node == leader).forEach(late::add));
        return late;
    }
}
