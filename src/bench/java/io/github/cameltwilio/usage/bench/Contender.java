package io.github.cameltwilio.usage.bench;

import java.util.stream.Stream;

/** The compared ways to read usage records. */
enum Contender {
    BASELINE("baseline", Baseline::new),
    TWILIO_USAGE_PRODUCER("twilio-usage producer", CamelReading::twilioUsageProducer),
    TWILIO_USAGE_CONSUMER("twilio-usage consumer", CamelReading::twilioUsageConsumer),
    HTTPS("https: + Jackson + split", CamelReading::https),
    TWILIO_JAVA("twilio-java", TwilioJava::new),
    CAMEL_TWILIO_PRODUCER("camel-twilio producer", CamelReading::camelTwilioProducer),
    CAMEL_TWILIO_CONSUMER("camel-twilio consumer", CamelReading::camelTwilioConsumer);

    private final String title;
    private final Factory factory;

    private interface Factory {
        Reading open(Work work) throws Exception;
    }

    Contender(String title, Factory factory) {
        this.title = title;
        this.factory = factory;
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
