package io.github.cameltwilio.usage;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KameletDeliveryTest extends TwilioUsageTestSupport {

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withEnableJMX();
    }

    @Test
    void redeliversWhatFailsBehindKamelet() throws Exception {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(source()).to("seda:usage");
                from("seda:usage").process(exchange -> {
                    if (failed.add(exchange.getMessage().getBody(String.class).replaceAll("\"asOf.*", ""))) {
                        throw new IllegalStateException("fails once per record");
                    }
                }).to("mock:usage");
            }
        });
        MockEndpoint usage = getMockEndpoint("mock:usage");
        usage.expectedMinimumMessageCount(6);
        context.start();

        usage.assertIsSatisfied();
        assertThat(usage.getReceivedExchanges()).extracting(
                exchange -> exchange.getMessage().getBody(String.class).replaceAll("\"asOf.*", ""))
                .doesNotHaveDuplicates().hasSize(6);
    }

    @Test
    void rejectsKameletWithoutManagement() throws Exception {
        try (DefaultCamelContext withoutJmx = new DefaultCamelContext()) {
            withoutJmx.disableJMX();
            withoutJmx.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(source()).to("mock:usage");
                }
            });

            assertThatThrownBy(withoutJmx::start).hasStackTraceContaining("camel-management")
                    .hasStackTraceContaining("do not disable JMX");
        }
    }

    private String source() {
        return "kamelet:twilio-usage-records-source?startDate=-2days&delay=10&" + simulator().componentProperties()
                .entrySet().stream().map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining("&"));
    }
}
