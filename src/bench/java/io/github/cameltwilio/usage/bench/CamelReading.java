package io.github.cameltwilio.usage.bench;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.twilio.rest.api.v2010.account.usage.record.Daily;
import io.github.cameltwilio.usage.TwilioUsageComponent;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import io.github.cameltwilio.usage.client.UsageRecord;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.LambdaRouteBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jackson.JacksonDataFormat;
import org.apache.camel.component.twilio.TwilioComponent;
import org.apache.camel.impl.DefaultCamelContext;

/** Reading by a route, in a context that was started before. */
final class CamelReading implements Reading {
    // It has no option for a window or for the size of a page: it reads all there is.
    private static final String CAMEL_TWILIO = "twilio:usage-record-daily/reader?pathAccountSid=" + Account.SID;

    private final CamelContext context;
    private final Step step;

    private interface Step {
        void read(CamelContext context) throws Exception;
    }

    private CamelReading(Work work, LambdaRouteBuilder route, Step step) throws Exception {
        this.context = new DefaultCamelContext();
        this.step = step;
        TwilioUsageConfiguration options
                = context.getComponent("twilio-usage", TwilioUsageComponent.class).getConfiguration();
        options.setBaseUrl(work.server().toString());
        options.setAccountSid(Account.SID);
        options.setAuthToken(Account.AUTH_TOKEN);
        context.getComponent("twilio", TwilioComponent.class).setRestClient(TwilioJava.client(work.server()));
        RouteBuilder.addRoutes(context, route);
        context.start();
    }

    static Reading twilioUsageProducer(Work work, Sink sink) throws Exception {
        return byMessage(work, route -> route.from("direct:usage")
                .to("twilio-usage:records?" + daily(work) + "&outputType=stream").split(route.body()).streaming()
                .process(exchange -> sink.accept(exchange.getMessage().getBody(UsageRecord.class).price())));
    }

    static Reading twilioUsageConsumer(Work work, Sink sink) throws Exception {
        return byPoll(work, sink, route -> route.from("twilio-usage:records?" + daily(work) + "&initialDelay=0")
                .id("usage").autoStartup(false)
                .process(exchange -> sink.accept(exchange.getMessage().getBody(UsageRecord.class).price())));
    }

    static Reading https(Work work, Sink sink) throws Exception {
        JacksonDataFormat json = new JacksonDataFormat(UsageRow.Page.class);
        json.setModuleClassNames("com.fasterxml.jackson.datatype.jsr310.JavaTimeModule");
        json.disableFeature(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        return byMessage(work, route -> route.from("direct:usage")
                .setHeader(Exchange.HTTP_URI, route.constant(work.firstPage().toString()))
                .loopDoWhile(route.header(Exchange.HTTP_URI).isNotNull())
                    .to("http:usage?httpMethod=GET&authMethod=Basic&authenticationPreemptive=true&authUsername=" + Account.SID
                        + "&authPassword=" + Account.AUTH_TOKEN)
                    .unmarshal(json)
                    .setHeader(Exchange.HTTP_URI).body(UsageRow.Page.class, page -> next(work, page))
                    .split().body(UsageRow.Page.class, UsageRow.Page::usageRecords).streaming()
                        .process(exchange -> sink.accept(exchange.getMessage().getBody(UsageRow.class).price())));
    }

    static Reading camelTwilioProducer(Work work, Sink sink) throws Exception {
        return byMessage(work, route -> route.from("direct:usage").to(CAMEL_TWILIO).split(route.body()).streaming()
                .process(exchange -> sink.accept(exchange.getMessage().getBody(Daily.class).getPrice())));
    }

    static Reading camelTwilioConsumer(Work work, Sink sink) throws Exception {
        return byPoll(work, sink, route -> route.from(CAMEL_TWILIO + "&initialDelay=0&delay=1h")
                .id("usage").autoStartup(false)
                .process(exchange -> sink.accept(exchange.getMessage().getBody(Daily.class).getPrice())));
    }

    @Override
    public void read() throws Exception {
        step.read(context);
    }

    @Override
    public void close() {
        context.stop();
    }

    private static Reading byMessage(Work work, LambdaRouteBuilder route) throws Exception {
        return new CamelReading(work, route,
                context -> context.createProducerTemplate().sendBody("direct:usage", null));
    }

    private static Reading byPoll(Work work, Sink sink, LambdaRouteBuilder route) throws Exception {
        return new CamelReading(work, route, context -> {
            context.getRouteController().startRoute("usage");
            sink.await();
        });
    }

    private static String daily(Work work) {
        return "subresource=daily&pageSize=1000&startDate=" + work.firstDay() + "&endDate=" + work.lastDay()
               + "&parallelRequests=" + work.parallelRequests();
    }

    private static String next(Work work, UsageRow.Page page) {
        return page.nextPageUri() == null ? null : work.server().resolve(page.nextPageUri()).toString();
    }
}
