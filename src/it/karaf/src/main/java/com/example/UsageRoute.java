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
public class UsageRoute extends RouteBuilder {
    private CamelContext context;

    /** Bundles start in no fixed order: this waits for the component's. */
    @Reference(target = "(component=twilio-usage)")
    private ComponentResolver twilioUsage;

    @Activate
    public void start(BundleContext bundle) throws Exception {
        context = TwilioContext.of(bundle, "usage");
        context.addRoutes(this);
        context.start();
    }

    @Override
    public void configure() {
        from("twilio-usage:records?subresource=daily&startDate=-6days").routeId("usage")
                .convertBodyTo(String.class)
                .log("${body}");
    }

    @Deactivate
    public void stop() {
        context.stop();
    }
}
