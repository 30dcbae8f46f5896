package com.example;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.cluster.CamelClusterService;
import org.apache.camel.component.zookeeper.ZooKeeperCuratorConfiguration;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.SessionConnectionStateErrorPolicy;
import org.apache.curator.retry.RetryForever;
import org.apache.kafka.common.KafkaException;

/** A node. All nodes run the same program, and the cluster service decides which of them runs which shard. */
public final class Fleet {
    private static final AtomicBoolean EXITING = new AtomicBoolean();

    private Fleet() {
    }

    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        String zookeeper = System.getenv("ZOOKEEPER");
        if (zookeeper != null) {
            ZooKeeperCuratorConfiguration cluster = new ZooKeeperCuratorConfiguration();
            cluster.setCuratorFramework(connect(zookeeper));
            cluster.setBasePath("/usage");
            main.bind("zookeeper", cluster);
        }
        main.configure().addRoutesBuilder(new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                // Camel closes a producer that fails, fenced or not. Whatever supervises the process starts it again.
                routeConfiguration().onException(KafkaException.class).process(exchange -> exit());
            }
        });
        main.configure().addRoutesBuilder(new UsageToKafka());
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeStart(BaseMainSupport starting) {
                addClusterService(starting.getCamelContext());
            }
        });
        main.run();
    }

    /** The one of the options. Camel Main only binds it to the registry. */
    private static void addClusterService(CamelContext context) {
        try {
            context.addService(context.getRegistry().findSingleByType(CamelClusterService.class));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static CuratorFramework connect(String zookeeper) {
        CuratorFramework curator = CuratorFrameworkFactory.builder().connectString(zookeeper)
                .sessionTimeoutMs(Integer.parseInt(System.getenv().getOrDefault("ZOOKEEPER_SESSION", "10000")))
                .retryPolicy(new RetryForever(1000))
                // Otherwise Camel 4.18.0 would give up its shards for good whenever a connection is interrupted.
                .connectionStateErrorPolicy(new SessionConnectionStateErrorPolicy()).build();
        curator.getConnectionStateListenable().addListener((client, state) -> {
            if (state == ConnectionState.LOST) {
                // Without its session, its shards belong to others. Camel 4.18.0 would not notice (CAMEL-24457).
                Runtime.getRuntime().halt(1);
            }
        });
        curator.start();
        return curator;
    }

    private static void exit() {
        if (EXITING.compareAndSet(false, true)) {
            // On another thread, because the context waits for this exchange while it stops.
            new Thread(() -> System.exit(1), "exit").start();
        }
    }
}
