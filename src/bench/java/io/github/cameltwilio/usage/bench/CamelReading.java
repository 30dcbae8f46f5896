package io.github.cameltwilio.usage.bench;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.twilio.rest.api.v2010.account.usage.record.Daily;
import io.github.cameltwilio.usage.TwilioUsageComponent;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jackson.JacksonDataFormat;
import org.apache.camel.component.twilio.TwilioComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** Reads through a route in a context that is already started. */
abstract class CamelReading implements Reading {
    // It has no options for a window or a page size, so it reads everything.
    private static final String CAMEL_TWILIO = "twilio:usage-record-daily/reader?pathAccountSid="
            + BenchmarkAccount.SID;

    private static final Path FILE = Path.of("target", "benchmark", "usage.state");
    private static final String UPSERT = "sql:insert into usage_daily values (%s) on conflict (record_key) do update"
            + " set price = excluded.price?dataSource=#pool";
    // Without a record key, a user has to make one.
    private static final String OTHER_VALUES = "concat(cast(:#${body.startDate} as date), ' ',"
            + " cast(:#${body.category} as varchar)), :#${body.startDate}, :#${body.category}, :#${body.price}";

    private static final String IMMEDIATELY = "&initialDelay=0&pollStrategy=#poll";

    private final CamelContext context;
    private final Cleanup cleanup;
    private final Route route;
    private Sink sink;

    /** Adds a route that passes each price to a consumer. */
    private interface Route {
        void add(RouteBuilder route, java.util.function.Consumer<BigDecimal> prices);
    }

    /** Removes what the reading before has stored. */
    private interface Cleanup {
        void run() throws Exception;
    }

    private CamelReading(CamelContext context, Cleanup cleanup, Route route) {
        this.context = context;
        this.cleanup = cleanup;
        this.route = route;
        // camel-management is not part of Camel's core, and costs more than some of the contenders.
        context.disableJMX();
        // Every start and stop of a route would be logged, and each line is written to disk immediately.
        Configurator.setRootLevel(Level.WARN);
        context.start();
    }

    static Reading twilioUsageProducer(Work work) throws Exception {
        return new ByMessage(withTwilioUsage(work), () -> {}, (route, prices) -> route.from("direct:usage")
                .to("twilio-usage:records?" + daily(work) + "&outputType=stream").split(route.body()).streaming()
                .process(exchange -> prices.accept(exchange.getMessage().getBody(UsageRecord.class).price())));
    }

    static Reading twilioUsageConsumer(Work work) {
        return new ByPoll(withTwilioUsage(work), () -> {}, (route, prices) -> usage(route, work, "")
                .process(exchange -> prices.accept(exchange.getMessage().getBody(UsageRecord.class).price())));
    }

    static Reading stateFile(Work work) {
        return new ByPoll(withTwilioUsage(work), () -> Files.deleteIfExists(FILE),
                (route, prices) -> usage(route, work, "&stateFile=" + FILE)
                        .process(exchange -> prices.accept(exchange.getMessage().getBody(UsageRecord.class).price())));
    }

    static Reading stateTable(Work work) {
        CamelContext context = withTwilioUsage(work);
        return new ByPoll(context, withDatabase(context, work)::clear,
                (route, prices) -> usage(route, work, "&stateRepository=#usageState")
                        .process(exchange -> prices.accept(exchange.getMessage().getBody(UsageRecord.class).price())));
    }

    static Reading stateTableLists(Work work) {
        CamelContext context = withTwilioUsage(work);
        return new ByPoll(context, withDatabase(context, work)::clear,
                (route, prices) -> usage(route, work, "&stateRepository=#usageState&splitResult=false")
                        .process(exchange -> acceptAll(exchange, prices)));
    }

    static Reading rows(Work work) {
        CamelContext context = withTwilioUsage(work);
        return new ByPoll(context, withDatabase(context, work)::clear,
                (route, prices) -> usage(route, work, "&stateRepository=#usageState&splitResult=false")
                        .to(UPSERT.formatted(":#recordKey, :#startDate, :#category, :#price") + "&batch=true")
                        .process(exchange -> acceptAll(exchange, prices)));
    }

    static Reading rowsHttps(Work work) throws Exception {
        CamelContext context = new DefaultCamelContext();
        return new ByMessage(context, withDatabase(context, work)::clear, (route, prices) -> https(route, work)
                .to(UPSERT.formatted(OTHER_VALUES))
                .process(exchange -> prices.accept(exchange.getMessage().getBody(UsageRow.class).price())));
    }

    static Reading rowsCamelTwilio(Work work) throws Exception {
        CamelContext context = withTwilio(work);
        return new ByMessage(context, withDatabase(context, work)::clear,
                (route, prices) -> route.from("direct:usage").to(CAMEL_TWILIO).split(route.body()).streaming()
                        .to(UPSERT.formatted(OTHER_VALUES))
                        .process(exchange -> prices.accept(exchange.getMessage().getBody(Daily.class).getPrice())));
    }

    static Reading https(Work work) throws Exception {
        return new ByMessage(new DefaultCamelContext(), () -> {}, (route, prices) -> https(route, work)
                .process(exchange -> prices.accept(exchange.getMessage().getBody(UsageRow.class).price())));
    }

    private static ProcessorDefinition<?> https(RouteBuilder route, Work work) {
        JacksonDataFormat json = new JacksonDataFormat(UsageRow.Page.class);
        json.setModuleClassNames("com.fasterxml.jackson.datatype.jsr310.JavaTimeModule");
        json.disableFeature(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        return route.from("direct:usage")
                .setHeader(Exchange.HTTP_URI, route.constant(work.firstPage().toString()))
                .loopDoWhile(route.header(Exchange.HTTP_URI).isNotNull())
                .to("http:usage?httpMethod=GET&authMethod=Basic&authenticationPreemptive=true&authUsername="
                        + BenchmarkAccount.SID
                        + "&authPassword=" + BenchmarkAccount.AUTH_TOKEN)
                .unmarshal(json)
                .setHeader(Exchange.HTTP_URI).body(UsageRow.Page.class, page -> next(work, page))
                .split().body(UsageRow.Page.class, UsageRow.Page::usageRecords).streaming();
    }

    static Reading camelTwilioProducer(Work work) throws Exception {
        return new ByMessage(withTwilio(work), () -> {}, (route, prices) -> route.from("direct:usage").to(CAMEL_TWILIO)
                .split(route.body()).streaming()
                .process(exchange -> prices.accept(exchange.getMessage().getBody(Daily.class).getPrice())));
    }

    static Reading camelTwilioConsumer(Work work) {
        return new ByPoll(withTwilio(work), () -> {},
                (route, prices) -> route.from(CAMEL_TWILIO + IMMEDIATELY + "&delay=1h")
                        .id("usage").autoStartup(false)
                        .process(exchange -> prices.accept(exchange.getMessage().getBody(Daily.class).getPrice())));
    }

    @Override
    public void prepare(Sink next) throws Exception {
        sink = next;
        cleanup.run();
    }

    @Override
    public void close() {
        context.stop();
    }

    final void addRoute() throws Exception {
        RouteBuilder.addRoutes(context, builder -> route.add(builder, price -> sink.accept(price)));
    }

    private static CamelContext withTwilioUsage(Work work) {
        CamelContext context = new DefaultCamelContext();
        TwilioUsageConfiguration options = context.getComponent("twilio-usage", TwilioUsageComponent.class)
                .getConfiguration();
        options.setBaseUrl(work.server().toString());
        options.setAccountSid(BenchmarkAccount.SID);
        options.setAuthToken(BenchmarkAccount.AUTH_TOKEN);
        return context;
    }

    private static Database withDatabase(CamelContext context, Work work) {
        Database database = new Database(work.database());
        context.getRegistry().bind("pool", database.pool());
        context.getRegistry().bind("usageState", new JdbcUsageStateRepository(database.pool()));
        return database;
    }

    private static RouteDefinition usage(RouteBuilder route, Work work, String options) {
        return route.from("twilio-usage:records?" + daily(work) + IMMEDIATELY + options).id("usage")
                .autoStartup(false);
    }

    private static void acceptAll(Exchange exchange, java.util.function.Consumer<BigDecimal> prices) {
        for (Object usage : exchange.getMessage().getBody(List.class)) {
            prices.accept(((UsageRecord) usage).price());
        }
    }

    private static CamelContext withTwilio(Work work) {
        CamelContext context = new DefaultCamelContext();
        context.getComponent("twilio", TwilioComponent.class).setRestClient(TwilioJava.client(work.server()));
        return context;
    }

    private static String daily(Work work) {
        return "subresource=daily&pageSize=1000&startDate=" + work.firstDay() + "&endDate=" + work.lastDay()
                + "&parallelRequests=" + work.parallelRequests();
    }

    private static String next(Work work, UsageRow.Page page) {
        return page.nextPageUri() == null ? null : work.server().resolve(page.nextPageUri()).toString();
    }

    /** Each message makes the route read everything once. */
    private static final class ByMessage extends CamelReading {
        private final ProducerTemplate template;

        ByMessage(CamelContext context, Cleanup cleanup, Route route) throws Exception {
            super(context, cleanup, route);
            addRoute();
            template = context.createProducerTemplate();
        }

        @Override
        public void read() {
            template.sendBody("direct:usage", null);
        }
    }

    /** Each reading is the first poll of a new route. */
    private static final class ByPoll extends CamelReading {
        private final CamelContext context;

        ByPoll(CamelContext context, Cleanup cleanup, Route route) {
            super(context, cleanup, route);
            this.context = context;
            context.getRegistry().bind("poll", new DefaultPollingConsumerPollStrategy() {
                @Override
                public boolean begin(Consumer consumer, Endpoint endpoint) {
                    // Starting the route is not part of reading.
                    ByPoll.super.sink.begin();
                    return true;
                }
            });
        }

        @Override
        public void prepare(Sink next) throws Exception {
            context.getRouteController().stopRoute("usage");
            context.removeRoute("usage");
            super.prepare(next);
            addRoute();
        }

        @Override
        public void read() throws Exception {
            context.getRouteController().startRoute("usage");
            super.sink.await();
        }
    }
}
