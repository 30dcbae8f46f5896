/**
 * The Camel face of the component: what users type, and what their routes receive. Start at
 * {@link io.github.cameltwilio.usage.TwilioUsageEndpoint}.
 *
 * <pre>
 * URI + options --> Component --> Endpoint --> RecordsProducer --------> TwilioUsageClient --HTTP--> Twilio | Simulator
 *                                   |          TriggersProducer -------->   pages, records, triggers, accounts
 *                                   |          AccountsProducer -------->
 *                                   |  '-----> ListPollingConsumer ----->     (package client: no Camel)
 *                                   |--------> RecordsConsumer --------->
 *                                   |          TriggersConsumer -------->
 *                                   |            '--> WindowPlan: which days (package delivery: no Camel)
 *                                   |            '--> UsageStateRepository: what was delivered (package state)
 *                                   '--------> TriggersWebhookProcessor --> TwilioSignature <--HTTP-- Twilio | Simulator
 *                              all of them --> UsageMessages writes bodies and headers
 * </pre>
 *
 * The package {@code springboot} gives the component its options where Spring Boot is. The package {@code simulator} is a
 * Twilio to test against: nothing else imports it, and it is in a jar of its own.
 */
package io.github.cameltwilio.usage;
