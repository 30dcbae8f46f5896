package com.example;

import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.ComponentResolver;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

@Component(immediate = true)
public class AlertRoute extends RouteBuilder {
    private CamelContext context;

    @Reference(target = "(component=netty-http)")
    private ComponentResolver nettyHttp;

    @Reference(target = "(component=twilio-usage)")
    private ComponentResolver twilioUsage;

    @Activate
    public void start(BundleContext bundle) throws Exception {
        context = TwilioContext.of(bundle, "alert");
        context.addRoutes(this);
        context.start();
    }

    @Override
    public void configure() {
        restConfiguration().component("netty-http").host("{{env:ALERT_HOST:0.0.0.0}}").port("{{env:ALERT_PORT:8080}}");

        from("twilio-usage:callbacks?callbackUrl={{env:ALERT_URL}}/twilio/usage"
                + "&usageCategory=totalprice&triggerBy=price&triggerValue=50&recurring=daily")
                .routeId("alert")
                .convertBodyTo(String.class)
                .log("fired ${body}");
    }

    @Deactivate
    public void stop() {
        context.stop();
    }
}
