package com.example;

import io.github.cameltwilio.usage.TwilioUsageComponent;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.karaf.core.OsgiDefaultCamelContext;
import org.osgi.framework.BundleContext;

/** A Camel context that takes the credentials from the environment, so that no URI contains a secret. */
final class TwilioContext {

    private TwilioContext() {
    }

    static CamelContext of(BundleContext bundle, String name) {
        OsgiDefaultCamelContext context = new OsgiDefaultCamelContext(bundle);
        context.getCamelContextExtension().setName(name);
        TwilioUsageConfiguration options = context.getComponent("twilio-usage", TwilioUsageComponent.class)
                .getConfiguration();
        options.setAccountSid(context.resolvePropertyPlaceholders("{{env:TWILIO_ACCOUNT_SID}}"));
        options.setAuthToken(context.resolvePropertyPlaceholders("{{env:TWILIO_AUTH_TOKEN}}"));
        options.setBaseUrl(context.resolvePropertyPlaceholders("{{env:TWILIO_BASE_URL:https://api.twilio.com}}"));
        return context;
    }
}
