package io.github.cameltwilio.usage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.TwilioSignature;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * The signed parts of a request: the raw query and the form's parameters. Everything else is ignored, because Camel's
 * HTTP engines differ: some pass a form as text and some as a map, and all of them mix its fields with the headers.
 *
 * @param query     as it was sent, with its question mark; empty if there is none
 * @param form      the decoded parameters; empty for a GET and for JSON
 * @param json      the JSON body, or null
 * @param signature the value of the signature header, which is a list if it was sent more than once
 * @param settings  the value of the header that names the shared key, likewise
 */
record CallbackRequest(String query, Map<String, String> form, byte[] json, Object signature, Object settings) {
    private static final int MAX_BODY = 64 * 1024;
    private static final int MAX_PARAMETERS = 64;
    private static final int MAX_TEXT = 4 * 1024;
    // Names and values are signed as one text. If names could have punctuation, part of a value could pass for a name.
    private static final Pattern FORM_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
    // Parsed as doubles, the numbers would be rounded.
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {
    };

    static CallbackRequest of(Message message, CallbackMethod method) throws RejectedCallbackException {
        if (!method.name().equals(message.getHeader(Exchange.HTTP_METHOD, String.class))) {
            throw RejectedCallbackException.wrongMethod();
        }
        String query = query(message);
        Map<String, String> form = Map.of();
        byte[] json = null;
        if (method == CallbackMethod.POST) {
            switch (contentType(message)) {
                case "application/x-www-form-urlencoded" -> form = form(message);
                case "application/json" -> json = body(message);
                default -> throw RejectedCallbackException.unsupportedContent();
            }
        }
        return new CallbackRequest(query, form, json, message.getHeader(TwilioSignature.HEADER),
                message.getHeader(TwilioSignature.SETTINGS_HEADER));
    }

    /** The signed parameters, wherever they are. */
    Map<String, String> parameters() throws RejectedCallbackException {
        if (json != null) {
            return parsed(json);
        }
        return form.isEmpty() ? parameters(query) : form;
    }

    /** Returns false if there is a JSON body whose hash is not the one in the signed query. */
    boolean hasSignedBody() {
        try {
            return json == null
                    || TwilioSignature.isBody(parameters(query).getOrDefault(TwilioSignature.BODY_HASH, ""), json);
        } catch (RejectedCallbackException e) {
            return false;
        }
    }

    private static String query(Message message) throws RejectedCallbackException {
        // Servlet engines set only the second header, and leave it encoded.
        String query = message.getHeader(Exchange.HTTP_RAW_QUERY, String.class);
        if (query == null) {
            query = message.getHeader(Exchange.HTTP_QUERY, String.class);
        }
        if (query == null || query.isEmpty()) {
            return "";
        }
        if (query.length() > MAX_BODY) {
            throw RejectedCallbackException.tooLarge();
        }
        // Whatever follows would be unsigned, since a fragment is not part of the signed address.
        if (query.indexOf('#') >= 0) {
            throw RejectedCallbackException.malformed("the request target has a fragment");
        }
        return "?" + query;
    }

    private static String contentType(Message message) {
        Object type = message.getHeader(Exchange.CONTENT_TYPE);
        return type instanceof String text ? text.replaceFirst("(?s);.*", "").strip().toLowerCase(Locale.ROOT) : "";
    }

    private static Map<String, String> form(Message message) throws RejectedCallbackException {
        Map<String, String> form = new LinkedHashMap<>();
        if (message.getBody() instanceof Map<?, ?> fields) {
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                if (!(field.getValue() instanceof String value)) {
                    throw RejectedCallbackException.ambiguous();
                }
                put(form, String.valueOf(field.getKey()), value);
            }
        } else {
            form = parameters("?" + new String(body(message), StandardCharsets.UTF_8));
        }
        if (!form.keySet().stream().allMatch(name -> FORM_NAME.matcher(name).matches())) {
            throw RejectedCallbackException.ambiguous();
        }
        return form;
    }

    private static byte[] body(Message message) throws RejectedCallbackException {
        try (InputStream in = message.getBody(InputStream.class)) {
            byte[] body = in == null ? new byte[0] : in.readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                throw RejectedCallbackException.tooLarge();
            }
            return body;
        } catch (IOException e) {
            throw RejectedCallbackException.malformed("the body ended early");
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
        if (parameters.size() >= MAX_PARAMETERS || name.length() > MAX_TEXT || value.length() > MAX_TEXT) {
            throw RejectedCallbackException.tooLarge();
        }
        String earlier = parameters.put(name, value);
        // Twilio sends only the body hash twice, in the query of a GET. Any other duplicate would be ambiguous.
        if (earlier != null && !(name.equals(TwilioSignature.BODY_HASH) && earlier.equals(value))) {
            throw RejectedCallbackException.ambiguous();
        }
    }

    private static String decoded(String text) throws RejectedCallbackException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RejectedCallbackException.ambiguous();
        }
    }

    private static Map<String, String> parsed(byte[] json) throws RejectedCallbackException {
        try {
            Map<String, Object> fields = JSON.readValue(new String(json, StandardCharsets.UTF_8), FIELDS);
            if (fields == null) {
                throw RejectedCallbackException.malformed("the body is not a JSON object");
            }
            Map<String, String> parameters = new LinkedHashMap<>();
            for (Map.Entry<String, Object> field : fields.entrySet()) {
                put(parameters, field.getKey(), field.getValue() == null ? "" : field.getValue().toString());
            }
            return parameters;
        } catch (JsonProcessingException e) {
            throw RejectedCallbackException.malformed("the body is not a JSON object");
        }
    }
}
