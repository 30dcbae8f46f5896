package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioSignature;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.component.servlet.CamelHttpTransportServlet;
import org.apache.camel.test.AvailablePortFinder;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;

/** Callbacks behind a proxy, which forwards {@code https://hooks.example.com/fired} to a local port. */
abstract class CallbacksTestSupport extends TwilioUsageTestSupport {
    static final String ADDRESS = "https://hooks.example.com/fired";
    static final String FORM = "application/x-www-form-urlencoded";

    final int port = AvailablePortFinder.getNextAvailable();
    private Tomcat tomcat;
    private final HttpClient caller = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static String callbacks(String engine) {
        return "twilio-usage:callbacks?consumerComponentName=" + engine
                + "&callbackUrl=https://hooks.example.com/fired";
    }

    @AfterEach
    void stopTomcat() throws LifecycleException {
        if (tomcat != null) {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    /** Starts a route from the callbacks to {@code mock:fired}. */
    MockEndpoint listen(String engine, String more) throws Exception {
        options();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                serve(this, engine);
                errorHandler(noErrorHandler());
                from(callbacks(engine) + more).routeId("usage").to("mock:fired");
            }
        });
        context.start();
        return getMockEndpoint("mock:fired");
    }

    /** Makes the engine listen on {@link #port}. */
    void serve(RouteBuilder routes, String engine) throws Exception {
        if (engine.equals("platform-http")) {
            VertxPlatformHttpServerConfiguration server = new VertxPlatformHttpServerConfiguration();
            server.setBindHost("127.0.0.1");
            server.setBindPort(port);
            context.addService(new VertxPlatformHttpServer(server));
        } else if (engine.equals("servlet")) {
            tomcat = new Tomcat();
            tomcat.setSilent(true);
            tomcat.setBaseDir("target/tomcat");
            tomcat.setHostname("127.0.0.1");
            tomcat.setPort(port);
            tomcat.getConnector();
            Context root = tomcat.addContext("", null);
            Tomcat.addServlet(root, "CamelServlet", new CamelHttpTransportServlet()).setLoadOnStartup(1);
            root.addServletMappingDecoded("/*", "CamelServlet");
            tomcat.start();
        } else {
            routes.restConfiguration().component(engine).host("127.0.0.1").port(port);
        }
    }

    /** The parameters of a callback. */
    Map<String, String> firing() {
        return new TreeMap<>(Map.of(
                "AccountSid", simulator().accountSid(),
                "UsageTriggerSid", "UT0123456789abcdef0123456789abcdef",
                "DateFired", "Sun, 15 Mar 2026 11:59:00 +0000",
                "Recurring", "daily",
                "UsageCategory", "sms",
                "TriggerBy", "usage",
                "TriggerValue", "1000.000000",
                "CurrentValue", "1001.5",
                "UsageRecordUri", "/2010-04-01/Accounts/AC/Usage/Records/Today.json?Category=sms",
                "IdempotencyToken", simulator().accountSid() + "-FIRES-UT0123456789abcdef0123456789abcdef-2026-03-15"));
    }

    HttpResponse<String> post(Map<String, String> form) throws IOException, InterruptedException {
        return post(form, TwilioSignature.sign(simulator().authToken(), ADDRESS, form));
    }

    HttpResponse<String> post(Map<String, String> form, String signature) throws IOException, InterruptedException {
        return send(request("").header(TwilioSignature.HEADER, signature).header("Content-Type", FORM)
                .POST(BodyPublishers.ofString(encoded(form))));
    }

    HttpResponse<String> get(Map<String, String> parameters) throws IOException, InterruptedException {
        String query = "?" + encoded(parameters);
        return send(request(query).header(TwilioSignature.HEADER,
                TwilioSignature.sign(simulator().authToken(), ADDRESS + query, Map.of())).GET());
    }

    HttpRequest.Builder request(String query) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/fired" + query));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return caller.send(request.build(), BodyHandlers.ofString());
    }

    static String encoded(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    static List<TriggerFired> fired(MockEndpoint mock) {
        return mock.getReceivedExchanges().stream().map(one -> one.getMessage().getBody(TriggerFired.class)).toList();
    }
}
