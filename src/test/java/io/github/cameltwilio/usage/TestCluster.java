package io.github.cameltwilio.usage;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.apache.camel.component.file.cluster.FileLockClusterService;

/** A cluster service whose followers try to get the lock ten times per second; by default, every ten seconds. */
public final class TestCluster {

    private TestCluster() {
    }

    public static FileLockClusterService in(Path directory) {
        FileLockClusterService cluster = new FileLockClusterService();
        cluster.setRoot(directory.toString());
        cluster.setAcquireLockDelay(100, TimeUnit.MILLISECONDS);
        cluster.setAcquireLockInterval(100, TimeUnit.MILLISECONDS);
        return cluster;
    }
}
