package io.github.cameltwilio.usage;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.Recurring;
import io.github.cameltwilio.usage.client.TriggerBy;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.ReceivedRequest;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TriggersProducerTest extends TwilioUsageTestSupport {
    private static final String WANTED = "usageCategory=sms&triggerValue=1000&callbackUrl=https://example.com/fired";
    private static final String CREATE = "twilio-usage:triggers?action=create&" + WANTED;
    private static final String ENSURE = "twilio-usage:triggers?action=ensure&" + WANTED;

    @BeforeEach
    void useSimulator() {
        options();
        context.start();
    }

    @Test
    void createsTriggerFromOptions() {
        Exchange response = send(CREATE + "&callbackMethod=GET&friendlyName=mine&recurring=monthly&triggerBy=price",
                null);

        assertThat(post().form()).isEqualTo(Map.of("CallbackUrl", "https://example.com/fired", "TriggerValue", "1000",
                "UsageCategory", "sms", "CallbackMethod", "GET", "FriendlyName", "mine", "Recurring", "monthly",
                "TriggerBy", "price"));
        assertThat(trigger(response).sid()).startsWith("UT");
        assertThat(outcome(response)).isEqualTo("created");
    }

    static Stream<Object> bodies() {
        String json = "{\"CallbackUrl\": \"https://example.com/b\", \"trigger_value\": 99.5, "
                + "\"usageCategory\": \"calls\"}";
        return Stream.of(json, json.getBytes(StandardCharsets.UTF_8),
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                Map.of("callbackUrl", "https://example.com/b", "TriggerValue", new BigDecimal("99.5"), "usage_category",
                        "calls"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void createsTriggerFromBodyInAnySpelling(Object body) {
        send(CREATE, body);

        assertThat(post().form()).isEqualTo(Map.of("CallbackUrl", "https://example.com/b", "TriggerValue", "99.5",
                "UsageCategory", "calls"));
    }

    @Test
    void headerOverridesBodyAndBodyOverridesOption() {
        template.requestBodyAndHeaders(CREATE + "&recurring=daily&triggerBy=count",
                Map.of("TriggerValue", 2, "FriendlyName", "of the body", "Recurring", "yearly"),
                Map.of(TwilioUsageConstants.FRIENDLY_NAME, "of the header", TwilioUsageConstants.RECURRING,
                        Recurring.monthly,
                        TwilioUsageConstants.CALLBACK_METHOD, CallbackMethod.GET));

        assertThat(post().form()).isEqualTo(Map.of("CallbackUrl", "https://example.com/fired", "TriggerValue", "2",
                "UsageCategory", "sms", "CallbackMethod", "GET", "FriendlyName", "of the header", "Recurring",
                "monthly",
                "TriggerBy", "count"));
    }

    @Test
    void createsTriggerFromHeaders() {
        template.requestBodyAndHeaders("twilio-usage:triggers?action=create", null, Map.of(
                TwilioUsageConstants.CALLBACK_URL, "https://example.com/h", TwilioUsageConstants.TRIGGER_VALUE, 7L,
                TwilioUsageConstants.USAGE_CATEGORY, "calls", TwilioUsageConstants.TRIGGER_BY, TriggerBy.count));

        assertThat(post().form()).isEqualTo(Map.of("CallbackUrl", "https://example.com/h", "TriggerValue", "7",
                "UsageCategory", "calls", "TriggerBy", "count"));
    }

    @Test
    void sendsRelativeValueWithSign() {
        send(CREATE.replace("1000", "RAW(+30)"), null);

        assertThat(post().form()).containsEntry("TriggerValue", "+30");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "TriggerValue  | many          | CamelTwilioUsageTriggerValue=many must be a positive number",
            "TriggerValue  | -1            | CamelTwilioUsageTriggerValue=-1 must be a positive number",
            "TriggerValue  | 0.0           | CamelTwilioUsageTriggerValue=0.0 must be a positive number",
            "TriggerValue  | 1e9           | CamelTwilioUsageTriggerValue=1e9 must be a positive number",
            "UsageCategory | a&CallbackUrl | CamelTwilioUsageUsageCategory=a&CallbackUrl must be the name of "
                    + "one category",
            "Recurring     | hourly        | CamelTwilioUsageRecurring=hourly is not one of: alltime, daily, "
                    + "monthly, yearly",
            "TriggerBy     | cost          | CamelTwilioUsageTriggerBy=cost is not one of: count, usage, price",
            "CallbackMethod| PUT           | CamelTwilioUsageCallbackMethod=PUT is not one of: POST, GET",
            "CallbackUrl   | ftp://me:pw@x | CamelTwilioUsageCallbackUrl must be an http:// or https:// URL" })
    void rejectsInvalidHeaderBeforeAnyRequest(String parameter, String value, String message) {
        assertThatThrownBy(() -> template.requestBodyAndHeader(CREATE, null, "CamelTwilioUsage" + parameter, value))
                .rootCause().hasMessageStartingWith(message).message().doesNotContain("pw");
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void rejectsPlusSignDecodedToSpace() {
        assertThatThrownBy(() -> send(CREATE.replace("1000", "+30"), null)).rootCause()
                .hasMessageContaining("RAW(+30)");
    }

    @Test
    void rejectsTooLongName() {
        assertThatThrownBy(() -> send(CREATE + "&friendlyName=" + "n".repeat(65), null)).rootCause()
                .hasMessageContaining("has 65 characters, but Twilio allows 64");
    }

    @ParameterizedTest
    @ValueSource(strings = { "callbackUrl", "triggerValue", "usageCategory" })
    void rejectsMissingParameterWithWaysToSetIt(String option) {
        String without = Stream.of(ENSURE.split("[?&]")).filter(part -> !part.startsWith(option))
                .reduce((one, more) -> one + (one.contains("?") ? "&" : "?") + more).get();
        String header = "CamelTwilioUsage" + option.substring(0, 1).toUpperCase() + option.substring(1);

        assertThatThrownBy(() -> send(without, null)).rootCause().hasMessage(option
                + " is missing for action=ensure: set it as an option, as the header " + header + ", or in the body");
    }

    @ParameterizedTest
    @ValueSource(strings = { "hello", "[1]", "{\"CallbackUrl\": ", "\"text\"" })
    void rejectsBodyThatIsNotAnObjectWithoutQuotingIt(String body) {
        assertThatThrownBy(() -> send(CREATE, body)).rootCause()
                .hasMessageStartingWith("the body must be a map or a JSON object").message()
                .doesNotContain("hello");
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void rejectsUnknownParameterInBody() {
        assertThatThrownBy(() -> send(CREATE, Map.of("FallbackUrl", "x"))).rootCause()
                .hasMessageStartingWith("body=FallbackUrl is not one of: callbackUrl, ");
    }

    @Test
    void fetchesUpdatesAndDeletesTrigger() {
        String sid = trigger(send(CREATE, null)).sid();

        assertThat(trigger(send("twilio-usage:triggers?action=fetch&triggerSid=" + sid, "anything")).sid())
                .isEqualTo(sid);
        Exchange updated = send("twilio-usage:triggers?action=update&triggerSid=" + sid, Map.of("FriendlyName", "new"));
        assertThat(trigger(updated).friendlyName()).isEqualTo("new");
        assertThat(trigger(updated).callbackUrl()).isEqualTo("https://example.com/fired");
        assertThat(outcome(updated)).isEqualTo("updated");

        Exchange deleted = template.request("twilio-usage:triggers?action=delete",
                in -> in.getMessage().setHeader(TwilioUsageConstants.TRIGGER_SID, sid));
        assertThat(deleted.getMessage().getBody()).isNull();
        assertThat(outcome(deleted)).isEqualTo("deleted");
        assertThat(outcome(send("twilio-usage:triggers?action=delete&triggerSid=" + sid, null)))
                .isEqualTo("notFound");
    }

    @ParameterizedTest
    @ValueSource(strings = { "AC00000000000000000000000000000000", "../../Accounts", "UT..%2f", "UT1" })
    void rejectsInvalidTriggerSid(String sid) {
        assertThatThrownBy(() -> template.requestBodyAndHeader("twilio-usage:triggers?action=delete", null,
                TwilioUsageConstants.TRIGGER_SID, sid)).rootCause()
                .hasMessageStartingWith("CamelTwilioUsageTriggerSid=")
                .hasMessageContaining("is not a valid trigger SID");
        assertThat(simulator().requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({ "TriggerValue,5", "UsageCategory,calls", "Recurring,daily", "TriggerBy,price" })
    void rejectsUpdateThatTwilioWouldIgnore(String parameter, String value) {
        String sid = trigger(send(CREATE, null)).sid();
        simulator().clearRequests();

        assertThatThrownBy(
                () -> send("twilio-usage:triggers?action=update&triggerSid=" + sid, Map.of(parameter, value)))
                .rootCause().hasMessageContaining("cannot be updated, because Twilio ignores it")
                .hasMessageContaining("action=ensure with onDifference=replace");
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void rejectsEmptyUpdate() {
        assertThatThrownBy(() -> send("twilio-usage:triggers?action=update&triggerSid=UT" + "0".repeat(32), null))
                .rootCause().hasMessageStartingWith("there is nothing to update");
    }

    @Test
    void listsTriggersWithFilters() {
        send(CREATE + "&recurring=daily", null);
        send(CREATE + "&triggerBy=price", null);
        send(CREATE.replace("sms", "calls"), null);

        assertThat(list("twilio-usage:triggers?pageSize=2")).hasSize(3);
        assertThat(list("twilio-usage:triggers?action=list&recurring=daily")).hasSize(1);
        assertThat(list("twilio-usage:triggers?triggerBy=price&usageCategory=sms")).hasSize(1);
        Iterator<?> stream = template.requestBody("twilio-usage:triggers?outputType=stream", (Object) null,
                Iterator.class);
        assertThat(stream).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("failuresAfterProcessing")
    void sendsCreateOnceAndReportsUnknownOutcome(Fault fault) {
        simulator().fail(fault.onMethod("POST"));

        assertThatThrownBy(() -> send(CREATE, null)).cause().isInstanceOfSatisfying(TwilioApiException.class,
                failure -> assertThat(failure.isOutcomeUnknown()).isTrue())
                .hasMessageContaining("the outcome is unknown");
        post();
        assertThat(list("twilio-usage:triggers")).hasSize(1);
    }

    static Stream<Fault> failuresAfterProcessing() {
        return Stream.of(Fault.htmlUnavailable().afterProcessing(), Fault.serverError().afterProcessing(),
                Fault.connectionReset(), Fault.truncatedResponse());
    }

    @Test
    void ensureReportsOutcome() {
        assertThat(outcome(send(ENSURE, null))).isEqualTo("created");
        assertThat(outcome(send(ENSURE, null))).isEqualTo("existing");
        assertThat(outcome(send(ENSURE, Map.of("CallbackMethod", "GET")))).isEqualTo("updated");
        assertThat(outcome(
                send(ENSURE.replace("1000", "2000") + "&friendlyName=camel sms usage 1000 alltime&onDifference=replace",
                        null)))
                .isEqualTo("replaced");
        assertThat(list("twilio-usage:triggers")).hasSize(1);
    }

    @Test
    void ensureRejectsRelativeValue() {
        assertThatThrownBy(() -> send(ENSURE.replace("1000", "RAW(+30)"), null)).rootCause()
                .hasMessageStartingWith("triggerValue=+30 is relative");
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void ensureRejectsDifferenceThatTwilioCannotUpdate() {
        send(ENSURE + "&friendlyName=mine", null);

        assertThatThrownBy(() -> send(ENSURE.replace("1000", "2000") + "&friendlyName=mine", null)).rootCause()
                .hasMessageContaining("triggerValue=1000.000000 instead of 2000");
    }

    @Test
    void ensureWithRedeliveryCreatesOneTrigger() throws Exception {
        AtomicInteger failures = new AtomicInteger(3);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().maximumRedeliveries(3).redeliveryDelay(0));
                from("direct:ensure").to("direct:once");
                from("direct:once").errorHandler(noErrorHandler()).to(ENSURE).process(after -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("failure after the producer");
                    }
                });
            }
        });
        simulator().fail(Fault.htmlUnavailable().afterProcessing().onMethod("POST"));

        assertThat(trigger(send("direct:ensure", null)).sid()).startsWith("UT");
        assertThat(failures).hasNegativeValue();
        assertThat(list("twilio-usage:triggers")).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("failuresAfterProcessing")
    void ensureWithRedeliveryPostsAtMostTwice(Fault fault) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().maximumRedeliveries(3).redeliveryDelay(0));
                from("direct:ensure").to(ENSURE);
            }
        });
        simulator().fail(fault.onMethod("POST"));

        send("direct:ensure", null);

        assertThat(list("twilio-usage:triggers")).hasSize(1);
        assertThat(posts()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void pruneDeletesAndReturnsFiredTriggers() {
        String create = CREATE.replace("https://example.com/fired", "http://127.0.0.1:1/");
        String fired = trigger(send(create.replace("1000", "1"), null)).sid();
        send(create.replace("1000", "1000000000"), null);
        send(create.replace("1000", "1") + "&recurring=daily", null);
        simulator().evaluateTriggers();

        Exchange dry = send("twilio-usage:triggers?action=prune&dryRun=true", null);
        assertThat(triggers(dry)).extracting(UsageTrigger::sid).containsExactly(fired);
        assertThat(outcome(dry)).isEqualTo("kept");
        assertThat(list("twilio-usage:triggers")).hasSize(3);

        Exchange pruned = send("twilio-usage:triggers?action=prune", null);
        assertThat(triggers(pruned)).extracting(UsageTrigger::sid).containsExactly(fired);
        assertThat(outcome(pruned)).isEqualTo("deleted");
        assertThat(list("twilio-usage:triggers")).hasSize(2).extracting(UsageTrigger::sid).doesNotContain(fired);
        assertThatThrownBy(() -> send("twilio-usage:triggers?action=prune&recurring=daily", null)).rootCause()
                .hasMessageStartingWith("recurring=daily cannot be used with action=prune");
    }

    @Test
    void ignoresHeadersForActionAccountAndHost() {
        Map<String, Object> headers = new HashMap<>(Map.of("CamelTwilioUsageAction", "delete",
                "CamelTwilioUsageAccountSid", "AC" + "0".repeat(32), "CamelHttpMethod", "DELETE",
                "CamelHttpUri", "https://example.invalid", "Authorization", "Basic x"));
        template.requestBodyAndHeaders(CREATE, null, headers);

        assertThat(post().path()).contains(simulator().accountSid());
    }

    @Test
    void convertsTriggerToMapAndJson() {
        Exchange created = send(CREATE, null);

        assertThat(created.getMessage().getBody(Map.class).get("usageCategory")).isEqualTo("sms");
        assertThat(created.getMessage().getBody(String.class)).contains("\"usageCategory\":\"sms\"",
                "\"dateCreated\":\"2026-03-15T12:00:00Z\"");
    }

    private Exchange send(String uri, Object body) {
        Exchange response = template.request(uri, in -> in.getMessage().setBody(body));
        if (response.getException() != null) {
            throw new IllegalStateException(response.getException());
        }
        return response;
    }

    private static UsageTrigger trigger(Exchange response) {
        return response.getMessage().getBody(UsageTrigger.class);
    }

    private static String outcome(Exchange response) {
        return response.getMessage().getHeader(TwilioUsageConstants.OUTCOME, String.class);
    }

    @SuppressWarnings("unchecked")
    private static List<UsageTrigger> triggers(Exchange response) {
        return response.getMessage().getBody(List.class);
    }

    private List<UsageTrigger> list(String uri) {
        return triggers(send(uri, null));
    }

    private List<ReceivedRequest> posts() {
        return simulator().requests().stream().filter(request -> request.method().equals("POST")).toList();
    }

    private ReceivedRequest post() {
        assertThat(posts()).hasSize(1);
        return posts().get(0);
    }
}
