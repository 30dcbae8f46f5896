package io.github.cameltwilio.usage.build;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;

import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class SpendRouteTest extends CamelTestSupport {
    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension();

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        PropertyBindingSupport.bindProperties(context, context.getComponent("twilio-usage"),
                new HashMap<>(twilio.simulator().componentProperties()));
        return context;
    }

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:spend")
                        .to("twilio-usage:records?subresource=yesterday&category=totalprice")
                        .setBody(simple("${body[0].price}"));
            }
        };
    }

    @Test
    void survivesAnOutageOfTwilio() {
        twilio.simulator().fail(Fault.htmlUnavailable());
        LocalDate yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1);

        BigDecimal spend = template.requestBody("direct:spend", null, BigDecimal.class);

        assertThat(spend).isEqualByComparingTo(twilio.simulator().usage(yesterday, "totalprice").price());
        assertThat(twilio.simulator().requests()).hasSize(2);
    }
}
