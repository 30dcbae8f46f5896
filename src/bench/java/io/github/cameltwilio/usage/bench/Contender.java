package io.github.cameltwilio.usage.bench;

import java.util.EnumSet;
import java.util.stream.Stream;

/** The compared ways to read usage records. */
enum Contender {
    BASELINE("baseline", Baseline::new),
    TWILIO_USAGE_PRODUCER("twilio-usage producer", CamelReading::twilioUsageProducer),
    TWILIO_USAGE_CONSUMER("twilio-usage consumer", CamelReading::twilioUsageConsumer),
    HTTPS("https: + Jackson + split", CamelReading::https),
    TWILIO_JAVA("twilio-java", TwilioJava::new),
    CAMEL_TWILIO_PRODUCER("camel-twilio producer", CamelReading::camelTwilioProducer),
    CAMEL_TWILIO_CONSUMER("camel-twilio consumer", CamelReading::camelTwilioConsumer),
    // The others keep what they read.
    STATE_FILE("twilio-usage consumer, file", CamelReading::stateFile),
    STATE_TABLE("twilio-usage consumer, PostgreSQL", CamelReading::stateTable),
    STATE_TABLE_LISTS("twilio-usage consumer, PostgreSQL, lists", CamelReading::stateTableLists),
    COMMIT_LOOP("INSERT and COMMIT in a loop", CommitLoop::new),
    ROWS("twilio-usage consumer + sql:", CamelReading::rows),
    ROWS_HTTPS("https: + Jackson + split + sql:", CamelReading::rowsHttps),
    ROWS_CAMEL_TWILIO("camel-twilio producer + split + sql:", CamelReading::rowsCamelTwilio);

    private final String title;
    private final Factory factory;

    private interface Factory {
        Reading open(Work work) throws Exception;
    }

    Contender(String title, Factory factory) {
        this.title = title;
        this.factory = factory;
    }

    /** Those that only read. */
    static Stream<Contender> readers() {
        return EnumSet.range(BASELINE, CAMEL_TWILIO_CONSUMER).stream();
    }

    /** Those that write each record to a table. */
    static Stream<Contender> intoTable() {
        return EnumSet.range(ROWS, ROWS_CAMEL_TWILIO).stream();
    }

    /** The alternatives to this component. */
    static Stream<Contender> alternatives() {
        return Stream.of(HTTPS, TWILIO_JAVA, CAMEL_TWILIO_PRODUCER, CAMEL_TWILIO_CONSUMER);
    }

    String title() {
        return title;
    }

    Reading open(Work work) throws Exception {
        return factory.open(work);
    }
}
