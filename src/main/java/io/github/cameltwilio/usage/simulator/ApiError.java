package io.github.cameltwilio.usage.simulator;

import java.util.LinkedHashMap;
import java.util.Map;

/** An error response of Twilio: the HTTP status, the message, and Twilio's error code if there is one. */
final class ApiError extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final Integer code;

    private ApiError(int status, Integer code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static ApiError invalidParameter(String message) {
        return new ApiError(400, 20001, message);
    }

    /** Twilio rejects a malformed date without an error code. */
    static ApiError invalidDate(String parameter) {
        return new ApiError(400, null, "Invalid " + parameter);
    }

    static ApiError invalidPageToken() {
        return new ApiError(400, 21481, "Invalid PageToken");
    }

    static ApiError unauthorized() {
        return new ApiError(401, 20003, "Authenticate");
    }

    static ApiError notFound(String path) {
        return new ApiError(404, 20404, "The requested resource " + path + " was not found");
    }

    static ApiError methodNotAllowed() {
        return new ApiError(405, 20004, "Method not allowed");
    }

    static ApiError tooManyRequests() {
        return new ApiError(429, 20429, "Too Many Requests");
    }

    static ApiError internalServerError() {
        return new ApiError(500, 20500, "An internal server error has occurred");
    }

    SimulatedResponse response() {
        Map<String, Object> body = new LinkedHashMap<>();
        if (code != null) {
            body.put("code", code);
        }
        body.put("message", getMessage());
        if (code != null) {
            body.put("more_info", "https://www.twilio.com/docs/errors/" + code);
        }
        body.put("status", status);
        SimulatedResponse response = SimulatedResponse.json(status, body);
        return status == 401 ? response.with("WWW-Authenticate", "Basic realm=\"Twilio API\"") : response;
    }
}
