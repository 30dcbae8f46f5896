package com.example;

import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.cluster.CamelClusterEventListener;
import org.apache.camel.cluster.CamelClusterService;

public class UsageToKafka extends RouteBuilder {
    private static final int SHARDS = 6;

    @Override
    public void configure() {
        int node = number("{{env:NODE:0}}");
        int nodes = number("{{env:NODES:1}}");
        // The first node that asks for a shard gets it. So each one leaves the others time to ask for theirs.
        from("timer:own?repeatCount=1&delay=0").routeId("own").process(exchange -> ask(node, nodes, true));
        from("timer:others?repeatCount=1&delay={{env:USAGE_OTHERS_AFTER:30s}}").routeId("others")
                .process(exchange -> ask(node, nodes, false));
    }

    private int number(String option) {
        return Integer.parseInt(getContext().resolvePropertyPlaceholders(option));
    }

    private void ask(int node, int nodes, boolean forItsOwn) throws Exception {
        CamelClusterService cluster = getContext().hasService(CamelClusterService.class);
        for (int number = 1; number <= SHARDS; number++) {
            int shard = number;
            if ((shard % nodes == node % nodes) == forItsOwn) {
                CamelClusterEventListener.Leadership listener = (view, leader) -> follow(getContext(), shard,
                        view.getLocalMember().isLeader());
                cluster.getView("usage-" + shard).addEventListener(listener);
            }
        }
    }

    private static synchronized void follow(CamelContext context, int shard, boolean isLeader) {
        String id = "usage-" + shard;
        boolean isRunning = context.getRoute(id) != null;
        try {
            if (isLeader && !isRunning) {
                context.addRoutes(route(id, shard));
            } else if (!isLeader && isRunning) {
                context.getRouteController().stopRoute(id);
                context.removeRoute(id);
            }
        } catch (Exception e) {
            throw new IllegalStateException(id + " could not follow its leader", e);
        }
    }

    private static RouteBuilder route(String id, int shard) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("twilio-usage:records?subresource=daily&splitSubaccounts=true&shard=" + shard + "/" + SHARDS
                        + "&pageSize=1000&parallelRequests=4&delay={{env:USAGE_DELAY:15m}}"
                        + "&stateRepository=#usageState").routeId(id)
                        .setHeader("kafka.KEY", header("CamelTwilioUsageRecordKey"))
                        .marshal().json()
                        .to("kafka:usage?transactionalId=" + id);
            }
        };
    }
}
