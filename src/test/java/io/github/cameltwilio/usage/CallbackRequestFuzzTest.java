package io.github.cameltwilio.usage;

import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioSignature;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;

import static org.assertj.core.api.Assertions.assertThat;

class CallbackRequestFuzzTest {
    private static final CamelContext CONTEXT = new DefaultCamelContext();

    @FuzzTest(maxDuration = "20s")
    void readsFormCompletelyAndUnambiguously(byte[] body) throws RejectedCallbackException {
        Map<String, String> form;
        try {
            form = form(body);
        } catch (RejectedCallbackException e) {
            return;
        }
        assertThat(form).hasSizeLessThanOrEqualTo(64);
        assertThat(form(encoded(form))).containsExactlyEntriesOf(form);
        // Only the hash of a body may be repeated.
        if (!form.containsKey(TwilioSignature.BODY_HASH)) {
            assertThat(new String(body, StandardCharsets.UTF_8).split("&"))
                    .filteredOn(parameter -> !parameter.isEmpty()).hasSameSizeAs(form.keySet());
        }
        assertReadSafely(form);
    }

    /** No name that Camel interprets gets through, and no error quotes the request. */
    private static void assertReadSafely(Map<String, String> form) {
        try {
            TriggerFired fired = TriggerFired.of(form, Instant.EPOCH);
            assertThat(fired.otherParameters().keySet())
                    .allSatisfy(name -> assertThat(name).doesNotStartWithIgnoringCase("camel"));
            assertThat(fired.triggerValue() == null || fired.triggerValue().toPlainString().length() < 200).isTrue();
            assertThat(form).containsEntry("UsageTriggerSid", fired.triggerSid());
        } catch (IllegalArgumentException e) {
            assertThat(e).hasNoCause();
            assertThat(e.getMessage()).matches("[A-Za-z]+ is missing or malformed");
        }
    }

    private static Map<String, String> form(byte[] body) throws RejectedCallbackException {
        Message message = new DefaultMessage(CONTEXT);
        message.setHeader(Exchange.HTTP_METHOD, "POST");
        message.setHeader(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
        message.setBody(new ByteArrayInputStream(body));
        return CallbackRequest.of(message, CallbackMethod.POST).form();
    }

    private static byte[] encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8) + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&")).getBytes(StandardCharsets.UTF_8);
    }
}
