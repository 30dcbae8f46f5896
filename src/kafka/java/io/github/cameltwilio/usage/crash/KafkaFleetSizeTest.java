package io.github.cameltwilio.usage.crash;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Measures how fast and how large the nodes of the project in src/it/fleet are. */
@Tag("slow")
@EnabledIfSystemProperty(named = "rounds", matches = "\\d+", disabledReason = "Part of the long run")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class KafkaFleetSizeTest {
    private static final int ACCOUNTS = 600;
    private static final int HEAP = 128 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private FleetWorld world;

    @TempDir
    Path directory;

    @AfterEach
    void stopWorld() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    /** Prints the ratio instead of requiring one, because the nodes and the simulator share the machine. */
    @Test
    void threeNodesReadFasterThanOne() throws Exception {
        world = new FleetWorld(1, ACCOUNTS, directory);
        FleetNode node = world.nodes().get(0);
        node.start(1, 1);
        double one = accountsPerSecond();
        node.kill();
        world.startNodes();
        double three = accountsPerSecond();
        System.out.printf("accounts read per second: %.1f by one node, %.1f by three, %.2f times as many%n", one, three,
                three / one);
        assertThat(three).isGreaterThan(one);
    }

    private double accountsPerSecond() throws Exception {
        awaitAllDelivered();
        // The nodes share the accounts.
        world.forgetRequests();
        await().atMost(PATIENCE).until(() -> accountsRead() == ACCOUNTS);
        world.forgetRequests();
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(30);
        return world.nodes().stream().mapToInt(node -> node.requests().size()).sum()
                / ((System.nanoTime() - start) / 1e9);
    }

    @ParameterizedTest
    @ValueSource(ints = { ACCOUNTS, 2_500, 5_000 })
    void nodeDoesNotGrowWithItsAccounts(int accounts) throws Exception {
        world = new FleetWorld(1, accounts, directory);
        FleetNode node = world.nodes().get(0);
        node.start(1, 1);
        awaitAllDelivered();
        world.forgetRequests();
        long most = 0;
        // While each account is read once more.
        while (accountsRead() < accounts) {
            most = Math.max(most, node.bytesInUse());
            TimeUnit.SECONDS.sleep(1);
        }
        System.out.printf("%,d accounts: at most %d MB in use%n", accounts, most >> 20);
        assertThat(node.exits()).isZero();
        assertThat(most).isLessThan(HEAP / 2);
    }

    private void awaitAllDelivered() {
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> world.differences().isEmpty());
    }

    /** Returns how many accounts were read since the last {@link FleetWorld#forgetRequests}. */
    private long accountsRead() {
        return world.nodes().stream().flatMap(node -> node.requests().stream()).map(FleetNode.Request::account)
                .distinct()
                .count();
    }
}
