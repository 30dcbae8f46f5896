package io.github.cameltwilio.usage;

/** A callback that is rejected, with the status to respond with. The message never quotes the request. */
final class RejectedCallbackException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    private RejectedCallbackException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    static RejectedCallbackException wrongMethod() {
        return new RejectedCallbackException(405, "the HTTP method is not callbackMethod");
    }

    static RejectedCallbackException unsupportedContent() {
        return new RejectedCallbackException(415, "the content type is neither a form nor JSON");
    }

    static RejectedCallbackException tooLarge() {
        return new RejectedCallbackException(413, "the request is larger than a callback can be");
    }

    static RejectedCallbackException notSigned() {
        return new RejectedCallbackException(403,
                "the signature does not match this address, these parameters and any auth token; if the call came"
                        + " from Twilio, webhookExternalUrl is not the address that it calls, or a token is missing");
    }

    /** @param reason what is wrong, without quoting the request */
    static RejectedCallbackException malformed(String reason) {
        return new RejectedCallbackException(400, reason);
    }
}
