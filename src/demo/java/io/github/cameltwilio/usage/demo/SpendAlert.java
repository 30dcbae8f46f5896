package io.github.cameltwilio.usage.demo;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;

import io.github.cameltwilio.usage.client.TriggerFired;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;

/** Ensures a trigger that fires when the spend of the day reaches a limit, and receives its signed callback. */
final class SpendAlert extends RouteBuilder {
    private final BigDecimal limit;
    private final CompletableFuture<TriggerFired> fired = new CompletableFuture<>();

    SpendAlert(BigDecimal limit) {
        this.limit = limit.setScale(2, RoundingMode.HALF_UP);
    }

    @Override
    public void configure() throws Exception {
        VertxPlatformHttpServerConfiguration server = new VertxPlatformHttpServerConfiguration();
        server.setBindHost("127.0.0.1");
        server.setBindPort(freePort());
        getContext().addService(new VertxPlatformHttpServer(server));
        from("twilio-usage:callbacks?callbackUrl=http://127.0.0.1:" + server.getBindPort() + "/alert"
                + "&friendlyName=spend-of-the-day&usageCategory=totalprice&triggerBy=price&recurring=daily"
                + "&triggerValue=" + limit)
                .process(this::alert);
    }

    BigDecimal limit() {
        return limit;
    }

    /** Completes with the verified callback. */
    CompletableFuture<TriggerFired> fired() {
        return fired;
    }

    private void alert(Exchange exchange) {
        fired.complete(exchange.getMessage().getBody(TriggerFired.class));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
