package io.github.cameltwilio.usage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.TwilioSignature;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * A request as far as Twilio signed it: its query as it was sent, and the parameters of its form. The engines of Camel
 * disagree on the rest: some hand over a form as text and some as a map, and all of them mix its fields with headers.
 *
 * @param form       decoded; empty for a GET and for JSON
 * @param json       what a JSON body says, or null
 * @param signatures all that were sent
 */
record CallbackRequest(String query, Map<String, String> form, byte[] json, Object signatures) {
    private static final int LARGEST_BODY = 64 * 1024;
    private static final int MOST_PARAMETERS = 64;
    private static final int LONGEST_VALUE = 4 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    static CallbackRequest of(Message message, CallbackMethod method) throws RejectedCallbackException {
        if (!method.name().equals(message.getHeader(Exchange.HTTP_METHOD, String.class))) {
            throw RejectedCallbackException.otherMethod();
        }
        String query = message.getHeader(Exchange.HTTP_RAW_QUERY, String.class);
        if (query != null && query.length() > LARGEST_BODY) {
            throw RejectedCallbackException.tooLarge();
        }
        Map<String, String> form = Map.of();
        byte[] json = null;
        if (method == CallbackMethod.POST) {
            switch (contentType(message)) {
                case "application/x-www-form-urlencoded" -> form = form(message);
                case "application/json" -> json = body(message);
                default -> throw RejectedCallbackException.otherContent();
            }
        }
        return new CallbackRequest(query == null || query.isEmpty() ? "" : "?" + query, form, json,
                message.getHeader(TwilioSignature.HEADER));
    }

    /** Whether one of the tokens signed it for this address. */
    boolean isSigned(String address, List<String> authTokens) {
        String url = address.replaceFirst("(?s)[?#].*", "") + query;
        return signatures instanceof String signature
                && TwilioSignature.isGenuine(authTokens, signature, url, form)
                && (json == null || isBodySigned());
    }

    /** Of what was signed only. */
    Map<String, String> parameters() throws RejectedCallbackException {
        if (json != null) {
            return parsed(json);
        }
        return form.isEmpty() ? parameters(query) : form;
    }

    private boolean isBodySigned() {
        try {
            return TwilioSignature.isBody(parameters(query).getOrDefault(TwilioSignature.BODY_HASH, ""), json);
        } catch (RejectedCallbackException e) {
            return false;
        }
    }

    private static String contentType(Message message) {
        Object type = message.getHeader(Exchange.CONTENT_TYPE);
        return type instanceof String text ? text.replaceFirst("(?s);.*", "").strip().toLowerCase(Locale.ROOT) : "";
    }

    private static Map<String, String> form(Message message) throws RejectedCallbackException {
        if (!(message.getBody() instanceof Map<?, ?> fields)) {
            return parameters("?" + new String(body(message), StandardCharsets.UTF_8));
        }
        Map<String, String> form = new LinkedHashMap<>();
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            if (!(field.getValue() instanceof String value)) {
                throw RejectedCallbackException.notSigned();
            }
            put(form, String.valueOf(field.getKey()), value);
        }
        return form;
    }

    private static byte[] body(Message message) throws RejectedCallbackException {
        try (InputStream in = message.getBody(InputStream.class)) {
            byte[] body = in == null ? new byte[0] : in.readNBytes(LARGEST_BODY + 1);
            if (body.length > LARGEST_BODY) {
                throw RejectedCallbackException.tooLarge();
            }
            return body;
        } catch (IOException e) {
            throw RejectedCallbackException.odd("its body ended early");
        }
    }

    private static Map<String, String> parameters(String query) throws RejectedCallbackException {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : query.substring(Math.min(1, query.length())).split("&")) {
            String[] parts = parameter.split("=", 2);
            if (!parameter.isEmpty()) {
                put(parameters, decoded(parts[0]), parts.length == 1 ? "" : decoded(parts[1]));
            }
        }
        return parameters;
    }

    private static void put(Map<String, String> parameters, String name, String value)
            throws RejectedCallbackException {
        if (parameters.size() >= MOST_PARAMETERS || name.length() > LONGEST_VALUE || value.length() > LONGEST_VALUE) {
            throw RejectedCallbackException.tooLarge();
        }
        // Twilio repeats its hash in the query of a GET, and nothing else; what is there twice could be read twice.
        if (parameters.put(name, value) != null && !name.equals(TwilioSignature.BODY_HASH)) {
            throw RejectedCallbackException.notSigned();
        }
    }

    private static String decoded(String text) throws RejectedCallbackException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RejectedCallbackException.notSigned();
        }
    }

    private static Map<String, String> parsed(byte[] json) throws RejectedCallbackException {
        try {
            Map<String, String> parameters = new LinkedHashMap<>();
            for (var field : JSON
                    .readValue(new String(json, StandardCharsets.UTF_8), new TypeReference<Map<String, Object>>() {
                    }).entrySet()) {
                put(parameters, field.getKey(), field.getValue() == null ? "" : field.getValue().toString());
            }
            return parameters;
        } catch (JsonProcessingException e) {
            throw RejectedCallbackException.odd("its body is no JSON object");
        }
    }
}
