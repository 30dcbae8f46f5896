package io.github.cameltwilio.usage.springboot;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.TwilioUsageComponent;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.util.StringHelper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Configures the component from the application's properties. The names of the options come from the generated
 * descriptor, so that a new option does not have to be repeated here.
 */
@AutoConfiguration(afterName = "org.apache.camel.spring.boot.CamelAutoConfiguration")
@ConditionalOnBean(CamelContext.class)
class TwilioUsageAutoConfiguration {
    private static final String DESCRIPTOR = "/META-INF/io/github/cameltwilio/usage/twilio-usage.json";
    private static final String PREFIX = "camel.component.twilio-usage.";

    @Bean
    @Lazy
    ComponentCustomizer twilioUsageComponentCustomizer(CamelContext context, Environment environment) {
        return ComponentCustomizer.forType(TwilioUsageComponent.class,
                component -> PropertyBindingSupport.build().withConfigurer(component.getComponentPropertyConfigurer())
                        .bind(context, component, options(Binder.get(environment))));
    }

    private static Map<String, Object> options(Binder configuration) throws IOException {
        Map<String, Object> options = new HashMap<>();
        try (InputStream descriptor = TwilioUsageComponent.class.getResourceAsStream(DESCRIPTOR)) {
            new ObjectMapper().readTree(descriptor).get("componentProperties").fieldNames().forEachRemaining(
                    option -> configuration.bind(PREFIX + StringHelper.camelCaseToDash(option), String.class)
                            .ifBound(value -> options.put(option, value)));
        }
        return options;
    }
}
