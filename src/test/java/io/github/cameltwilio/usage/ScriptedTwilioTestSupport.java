package io.github.cameltwilio.usage;

import java.util.List;
import java.util.stream.IntStream;

import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static io.github.cameltwilio.usage.ScriptedTwilio.record;

/** Consumers of a {@link ScriptedTwilio}, at noon of 2026-03-15. */
abstract class ScriptedTwilioTestSupport {
    static final String DAILY = "twilio-usage:records?startScheduler=false&subresource=daily";

    final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    ScriptedTwilio twilio;

    @BeforeEach
    void startTwilio() throws Exception {
        twilio = new ScriptedTwilio(clock);
    }

    @AfterEach
    void stopTwilio() {
        twilio.close();
    }

    RecordsRoute consume(String uri) throws Exception {
        return consume(uri, exchange -> {});
    }

    RecordsRoute consume(String uri, Processor sink) throws Exception {
        return consume(uri, clock, sink);
    }

    /** @param machine the clock of this machine, which may be wrong */
    RecordsRoute consume(String uri, TestClock machine, Processor sink) throws Exception {
        return new RecordsRoute(twilio.account(), machine, uri + "&stateRepository=#bean:state",
                new MemoryUsageStateRepository(), sink);
    }

    /** One record of March for each of these days. */
    static String[] march(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(day -> record("2026-03-%02d".formatted(day), "sms", "1")).toArray(String[]::new);
    }

    static String key(Exchange exchange) {
        return exchange.getMessage().getHeader(TwilioUsageConstants.RECORD_KEY, String.class);
    }

    static List<Object> headers(RecordsRoute route, String header) {
        return route.exchanges().stream().map(exchange -> exchange.getMessage().getHeader(header)).toList();
    }

    /** The days of what was delivered, in that order. */
    static List<String> days(RecordsRoute route) {
        return route.records().stream().map(usage -> usage.startDate().toString()).toList();
    }
}
