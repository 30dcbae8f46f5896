package io.github.cameltwilio.usage;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cameltwilio.usage.client.CallbackMethod;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.cameltwilio.usage.client.CallbackMethod.GET;
import static io.github.cameltwilio.usage.client.CallbackMethod.POST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CallbackRequestTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final Message message = new DefaultMessage(new DefaultCamelContext());

    @Test
    void decodesFormInOrder() throws RejectedCallbackException {
        assertThat(form("b=%2B30+x&a=1%3D2=3&empty=&alone").parameters()).containsExactly(
                Map.entry("b", "+30 x"),
                Map.entry("a", "1=2=3"), Map.entry("empty", ""), Map.entry("alone", ""));
        assertThat(form("&a=1&&").parameters()).containsExactly(Map.entry("a", "1"));
        assertThat(form("").parameters()).isEmpty();
    }

    @Test
    void takesFormDecodedByEngineAsIs() throws RejectedCallbackException {
        content(FORM, Map.of("a", "%2B"));
        assertThat(of(POST).parameters()).containsExactly(Map.entry("a", "%2B"));

        content(FORM, Map.of("a", List.of("1", "2")));
        assertRejected(403);
    }

    @Test
    void readsGetParametersFromQueryOnly() throws RejectedCallbackException {
        content(FORM, "a=1");
        query("b=%20&c=3");

        assertThat(of(GET).parameters()).containsExactly(Map.entry("b", " "), Map.entry("c", "3"));
        query(null);
        assertThat(of(GET).parameters()).isEmpty();
        query("");
        assertThat(of(GET).query()).isEmpty();
    }

    @Test
    void readsJsonValuesAsText() throws RejectedCallbackException {
        content("Application/JSON; charset=utf-8", "{\"a\": \"x\", \"b\": 1.5, \"c\": null, \"d\": true}");
        assertThat(of(POST).parameters()).containsExactly(Map.entry("a", "x"), Map.entry("b", "1.5"),
                Map.entry("c", ""),
                Map.entry("d", "true"));

        for (String malformed : List.of("[]", "1", "", "null", "{\"a\": ")) {
            content("application/json", malformed);
            assertThatThrownBy(() -> of(POST).parameters()).isInstanceOfSatisfying(RejectedCallbackException.class,
                    rejected -> assertThat(rejected.status()).isEqualTo(400));
        }
    }

    @Test
    void rejectsOtherMethod() {
        content(FORM, "a=1");
        message.setHeader(Exchange.HTTP_METHOD, "PUT");
        assertThatThrownBy(() -> CallbackRequest.of(message, POST)).isInstanceOfSatisfying(
                RejectedCallbackException.class,
                rejected -> assertThat(rejected.status()).isEqualTo(405));
    }

    @ParameterizedTest
    @ValueSource(strings = { "text/xml", "application/x-www-form-urlencoded2", "" })
    void rejectsOtherContentType(String type) {
        content(type, "a=1");
        assertRejected(415);
        content(null, "a=1");
        assertRejected(415);
    }

    @ParameterizedTest
    @ValueSource(strings = { "a=1&a=1", "a=1&a=2", "a&%61", "a=%", "a=%zz", "%=1", "=1", "a-b=1", "1=1", "a+b=1",
            "%C3%A9=1", "bodySHA256=1&bodySHA256=2" })
    void rejectsAmbiguousForm(String form) {
        content(FORM, form);
        assertRejected(403);
    }

    @Test
    void acceptsRepeatedBodyHash() throws RejectedCallbackException {
        assertThat(form("bodySHA256=1&bodySHA256=1").parameters()).containsExactly(Map.entry("bodySHA256", "1"));
    }

    @ParameterizedTest
    // Each limit itself, and one beyond it.
    @CsvSource({ "64, 4096, 4096", "65, 1, 0", "1, 4097, 0", "1, 1, 4097" })
    void limitsParameters(int parameters, int name, int value) throws RejectedCallbackException {
        String rest = IntStream.range(1, parameters).mapToObj(number -> "&p" + number + "=" + number)
                .collect(Collectors.joining());
        content(FORM, "n".repeat(name) + "=" + "v".repeat(value) + rest);
        if (parameters > 64 || name > 4096 || value > 4096) {
            assertRejected(413);
        } else {
            assertThat(of(POST).parameters()).hasSize(parameters);
        }
    }

    @Test
    void limitsBodyAndQuery() throws RejectedCallbackException {
        content("application/json", " ".repeat(64 * 1024 - 2) + "{}");
        assertThat(of(POST).parameters()).isEmpty();
        content("application/json", " ".repeat(64 * 1024 - 1) + "{}");
        assertRejected(413);

        content(FORM, "");
        query("q".repeat(64 * 1024));
        assertThat(of(POST).form()).isEmpty();
        query("q".repeat(64 * 1024 + 1));
        assertRejected(413);
    }

    @ParameterizedTest
    @ValueSource(strings = { "#", "a=1#", "bodySHA256=1#&bodySHA256=2" })
    void rejectsFragmentInRequestTarget(String query) {
        content(FORM, "a=1");
        query(query);
        assertRejected(400);
    }

    @Test
    void readsQueryOfServletEngines() throws RejectedCallbackException {
        message.setHeader(Exchange.HTTP_QUERY, "a=%2B");

        assertThat(of(GET).query()).isEqualTo("?a=%2B");
        query("b=1");
        assertThat(of(GET).query()).isEqualTo("?b=1");
    }

    private CallbackRequest form(String body) throws RejectedCallbackException {
        content(FORM, body);
        return of(POST);
    }

    private void content(String type, Object body) {
        message.setHeader(Exchange.CONTENT_TYPE, type);
        message.setBody(
                body instanceof String text ? new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) : body);
    }

    private void query(String query) {
        message.setHeader(Exchange.HTTP_RAW_QUERY, query);
    }

    private CallbackRequest of(CallbackMethod method) throws RejectedCallbackException {
        message.setHeader(Exchange.HTTP_METHOD, method.name());
        if (message.getBody() instanceof ByteArrayInputStream body) {
            body.reset();
        }
        return CallbackRequest.of(message, method);
    }

    private void assertRejected(int status) {
        assertThatThrownBy(() -> of(POST)).isInstanceOfSatisfying(RejectedCallbackException.class,
                rejected -> assertThat(rejected.status()).isEqualTo(status));
    }
}
