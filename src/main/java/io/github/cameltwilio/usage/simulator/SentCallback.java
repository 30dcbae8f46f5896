package io.github.cameltwilio.usage.simulator;

import java.net.URI;
import java.util.Map;

/**
 * A call to a trigger's address.
 *
 * @param url        as called and signed; with the parameters when they were sent by GET
 * @param parameters what it told
 * @param status     the answer's, or 0 when there was none
 */
public record SentCallback(
        String method, URI url, Map<String, String> parameters, String signature, int status) {

    public SentCallback {
        parameters = Map.copyOf(parameters);
    }

    SentCallback answered(int otherStatus) {
        return new SentCallback(method, url, parameters, signature, otherStatus);
    }
}
