package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;

/**
 * A request as it arrived.
 *
 * @param query      as sent, percent-encoded; empty without one
 * @param parameters the query's, decoded; of a repeated name the last value
 * @param form       the body's, decoded; empty without one
 * @param headers    by lower-case name
 */
public record ReceivedRequest(String method, String path, String query, Map<String, String> parameters,
        Map<String, String> form, Map<String, String> headers) {

    public ReceivedRequest {
        parameters = Map.copyOf(parameters);
        form = Map.copyOf(form);
        headers = Map.copyOf(headers);
    }

    static ReceivedRequest of(ClassicHttpRequest request) throws IOException {
        String[] uri = request.getPath().split("\\?", 2);
        String query = uri.length == 1 ? "" : uri[1];
        Map<String, String> headers = new HashMap<>();
        for (Header header : request.getHeaders()) {
            headers.merge(header.getName().toLowerCase(Locale.ROOT), header.getValue(),
                    (one, more) -> one + ", " + more);
        }
        return new ReceivedRequest(request.getMethod(), uri[0], query, parameters(query), parameters(body(request)),
                headers);
    }

    String uri() {
        return query.isEmpty() ? path : path + "?" + query;
    }

    private static String body(ClassicHttpRequest request) throws IOException {
        HttpEntity entity = request.getEntity();
        return entity == null ? "" : new String(entity.getContent().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String parameter : query.split("&")) {
            String[] parts = parameter.split("=", 2);
            if (!parts[0].isEmpty()) {
                parameters.put(decode(parts[0]), parts.length == 1 ? "" : decode(parts[1]));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
