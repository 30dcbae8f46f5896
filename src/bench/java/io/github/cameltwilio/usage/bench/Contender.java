package io.github.cameltwilio.usage.bench;

import java.util.stream.Stream;

/** The ways to read usage records that are compared. */
enum Contender {
    FLOOR("the floor", Baseline::new),
    TWILIO_USAGE_PRODUCER("twilio-usage producer", CamelReading::twilioUsageProducer),
    TWILIO_USAGE_CONSUMER("twilio-usage consumer", CamelReading::twilioUsageConsumer),
    HTTPS("https: + Jackson + split", CamelReading::https),
    TWILIO_JAVA("twilio-java", TwilioJava::new),
    CAMEL_TWILIO_PRODUCER("camel-twilio producer", CamelReading::camelTwilioProducer),
    CAMEL_TWILIO_CONSUMER("camel-twilio consumer", CamelReading::camelTwilioConsumer);

    private final String title;
    private final Opening opening;

    private interface Opening {
        Reading open(Work work) throws Exception;
    }

    Contender(String title, Opening opening) {
        this.title = title;
        this.opening = opening;
    }

    /** What else there is to choose from. */
    static Stream<Contender> peers() {
        return Stream.of(HTTPS, TWILIO_JAVA, CAMEL_TWILIO_PRODUCER, CAMEL_TWILIO_CONSUMER);
    }

    String title() {
        return title;
    }

    Reading open(Work work) throws Exception {
        return opening.open(work);
    }
}
