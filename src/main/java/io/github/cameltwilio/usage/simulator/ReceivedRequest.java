package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.net.WWWFormCodec;

/**
 * A request as it arrived.
 *
 * @param query      as sent, percent-encoded; empty if there is none
 * @param parameters the decoded query; the last value of a repeated name
 * @param form       the decoded body; empty if there is none
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
                    (first, next) -> first + ", " + next);
        }
        return new ReceivedRequest(request.getMethod(), uri[0], query, decode(query), decode(body(request)), headers);
    }

    String uri() {
        return query.isEmpty() ? path : path + "?" + query;
    }

    private static String body(ClassicHttpRequest request) throws IOException {
        HttpEntity entity = request.getEntity();
        return entity == null ? "" : new String(entity.getContent().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Map<String, String> decode(String form) {
        Map<String, String> parameters = new HashMap<>();
        for (NameValuePair parameter : WWWFormCodec.parse(form, StandardCharsets.UTF_8)) {
            parameters.put(parameter.getName(), parameter.getValue() == null ? "" : parameter.getValue());
        }
        return parameters;
    }
}
