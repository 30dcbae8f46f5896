package io.github.cameltwilio.usage.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;

/**
 * A request as it arrived.
 *
 * @param query      as sent, percent-encoded; empty without one
 * @param parameters the query's, decoded; of a repeated name the last value
 * @param headers    by lower-case name
 */
public record ReceivedRequest(
        String method, String path, String query, Map<String, String> parameters, Map<String, String> headers) {

    public ReceivedRequest {
        parameters = Map.copyOf(parameters);
        headers = Map.copyOf(headers);
    }

    static ReceivedRequest of(ClassicHttpRequest request) {
        String[] uri = request.getPath().split("\\?", 2);
        String query = uri.length == 1 ? "" : uri[1];
        Map<String, String> headers = new HashMap<>();
        for (Header header : request.getHeaders()) {
            headers.merge(header.getName().toLowerCase(Locale.ROOT), header.getValue(), (one, more) -> one + ", " + more);
        }
        return new ReceivedRequest(request.getMethod(), uri[0], query, parameters(query), headers);
    }

    String uri() {
        return query.isEmpty() ? path : path + "?" + query;
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
