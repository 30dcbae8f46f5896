/**
 * The Camel component: the options that users set, and the messages that their routes receive. Start reading at
 * {@link io.github.cameltwilio.usage.TwilioUsageEndpoint}.
 *
 * <pre>{@code
 * URI + options --> Component --> Endpoint --> TwilioUsageProducer ----> TwilioUsageClient --HTTP--> Twilio | Simulator
 *                                   |--------> ListPollingConsumer ----->   pages, records, triggers, accounts
 *                                   |--------> RecordsConsumer --------->     (package client: no Camel)
 *                                   |          TriggersConsumer -------->
 *                                   |            '--> WindowPlan: the days to read (package delivery: no Camel)
 *                                   |            '--> UsageStateRepository: the delivered records (package state)
 *                                   '--------> CallbacksConsumer ------> TwilioSignature <--HTTP-- Twilio
 *                              all of them --> UsageMessages writes bodies and headers
 * }</pre>
 *
 * The package {@code springboot} configures the component from the properties of a Spring Boot application. The package
 * {@code simulator} simulates Twilio for tests: no other package imports it, and it is published as a separate jar.
 */
package io.github.cameltwilio.usage;
