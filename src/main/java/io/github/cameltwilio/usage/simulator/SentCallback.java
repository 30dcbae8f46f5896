package io.github.cameltwilio.usage.simulator;

import java.net.URI;
import java.util.Map;

/**
 * A callback that the simulator sent to a trigger's callback URL.
 *
 * @param url        as requested and signed; includes the parameters if the method is GET
 * @param parameters what the callback reports
 * @param status     of the HTTP response, or 0 if there was none
 */
public record SentCallback(
        String method, URI url, Map<String, String> parameters, String signature, int status) {

    public SentCallback {
        parameters = Map.copyOf(parameters);
    }

    SentCallback withStatus(int newStatus) {
        return new SentCallback(method, url, parameters, signature, newStatus);
    }
}
