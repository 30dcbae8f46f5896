package io.github.cameltwilio.usage;

import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An intruder has a genuine callback with its signature, and sends it with other bytes, or cuts its signed text into
 * parameters elsewhere.
 */
class CallbackVerifierFuzzTest {
    private static final CamelContext CONTEXT = new DefaultCamelContext();
    private static final String ADDRESS = "https://hooks.example.com/fired";
    private static final String ACCOUNT = "AC" + "a".repeat(32);
    private static final String TRIGGER = "UT" + "0123456789abcdef".repeat(2);
    private static final Map<String, String> GENUINE = new TreeMap<>(Map.of("AccountSid", ACCOUNT, "UsageTriggerSid",
            TRIGGER, "DateFired", "Sun, 15 Mar 2026 11:59:00 +0000", "Recurring", "daily", "UsageCategory", "sms",
            "TriggerBy", "usage", "TriggerValue", "1000.000000", "CurrentValue", "1001.5", "UsageRecordUri",
            "/2010-04-01/Accounts/" + ACCOUNT + "/Usage/Records/Today.json?Category=sms", "IdempotencyToken",
            ACCOUNT + "-FIRES-" + TRIGGER + "-2026-03-15"));
    private static final String SIGNATURE = TwilioSignature.sign("token", ADDRESS, GENUINE);

    private final CallbackVerifier verifier = new CallbackVerifier(ADDRESS, account -> List.of("token"),
            options(), new TestClock("2026-03-15T12:00:00Z"));

    /**
     * Each four bytes of the input are a step: what to do, at which place of the signed text (two bytes), and how. The
     * rest of the input is the query.
     */
    @FuzzTest(maxDuration = "20s")
    void deliversSignedTextOnceAndUnchanged(byte[] data) throws Exception {
        Text text = new Text();
        ByteBuffer steps = ByteBuffer.wrap(data);
        while (steps.remaining() >= 4) {
            text.change(steps.get(), Short.toUnsignedInt(steps.getShort()), Byte.toUnsignedInt(steps.get()));
        }
        byte[] query = new byte[steps.remaining()];
        steps.get(query);
        CallbackRequest altered;
        TriggerFired fired;
        try {
            altered = request(text.body(), new String(query, StandardCharsets.ISO_8859_1));
            fired = verifier.verify(altered);
        } catch (RejectedCallbackException e) {
            return;
        }

        // Only the end of the token can be made to look like a parameter of its own.
        CallbackRequest genuine = request(encoded(List.copyOf(GENUINE.entrySet())), "");
        TriggerFired original = verifier.verify(genuine);
        assertThat(original.idempotencyToken()).startsWith(fired.idempotencyToken());
        assertThat(fired).usingRecursiveComparison().ignoringFields("idempotencyToken", "otherParameters")
                .isEqualTo(original);
        assertThat(altered.query()).isEmpty();
        assertThat(concatenated(altered.form())).isEqualTo(concatenated(GENUINE));
        assertThat(deliveries(List.of(genuine, altered))).isEqualTo(1);
        assertThat(deliveries(List.of(altered, genuine, altered))).isEqualTo(1);
    }

    private int deliveries(List<CallbackRequest> requests) throws Exception {
        AtomicInteger deliveries = new AtomicInteger();
        try (MemoryIdempotentRepository repository = new MemoryIdempotentRepository()) {
            repository.start();
            CallbackLedger ledger = new CallbackLedger(repository, null, CallbackLedger.PERIOD);
            for (CallbackRequest request : requests) {
                assertThat(ledger.once(CallbackProcessor.keys(request, verifier.verify(request)), () -> {
                    deliveries.incrementAndGet();
                    return CompletableFuture.completedFuture(true);
                }).get()).isTrue();
            }
        }
        return deliveries.get();
    }

    private static CallbackRequest request(String body, String query) throws RejectedCallbackException {
        Message message = new DefaultMessage(CONTEXT);
        message.setHeader(Exchange.HTTP_METHOD, "POST");
        message.setHeader(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
        message.setHeader(Exchange.HTTP_RAW_QUERY, query);
        message.setHeader(TwilioSignature.HEADER, SIGNATURE);
        message.setBody(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        return CallbackRequest.of(message, CallbackMethod.POST);
    }

    private static TwilioUsageConfiguration options() {
        TwilioUsageConfiguration options = new TwilioUsageConfiguration();
        options.setAccountSid(ACCOUNT);
        return options;
    }

    private static String concatenated(Map<String, String> parameters) {
        return new TreeMap<>(parameters).entrySet().stream().map(one -> one.getKey() + one.getValue())
                .collect(Collectors.joining());
    }

    private static String encoded(List<Entry<String, String>> parameters) {
        return parameters.stream().map(one -> URLEncoder.encode(one.getKey(), StandardCharsets.UTF_8) + "="
                + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
    }

    /** The signed text, and the places where it is cut into parameters. */
    private static final class Text {
        private final StringBuilder text = new StringBuilder();
        /** Where each name begins, and where its value does. */
        private final TreeMap<Integer, Integer> cuts = new TreeMap<>();

        Text() {
            GENUINE.forEach((name, value) -> {
                cuts.put(text.length(), text.length() + name.length());
                text.append(name).append(value);
            });
        }

        void change(int step, int anyPlace, int how) {
            int place = anyPlace % text.length();
            int parameter = cuts.floorKey(place);
            switch (step & 3) {
                case 0 -> {
                    if (parameter > 0) {
                        cuts.remove(parameter);
                    }
                }
                case 1 -> cuts.put(place, place + how % 64);
                case 2 -> cuts.put(parameter, place);
                default -> text.setCharAt(place, (char) how);
            }
        }

        String body() {
            List<Entry<String, String>> parameters = new ArrayList<>();
            cuts.forEach((name, value) -> {
                Integer next = cuts.higherKey(name);
                int end = next == null ? text.length() : next;
                int middle = Math.min(value, end);
                parameters.add(Map.entry(text.substring(name, middle), text.substring(middle, end)));
            });
            return encoded(parameters);
        }
    }
}
