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

    /** The signature may be genuine, but it does not settle what the parameters are. */
    static RejectedCallbackException ambiguous() {
        return new RejectedCallbackException(403, "its parameters can be read in two ways");
    }

    /** @param reason why the signature was not accepted, without quoting the request */
    static RejectedCallbackException notSigned(String reason) {
        return new RejectedCallbackException(403, reason);
    }

    /** @param reason what is wrong, without quoting the request */
    static RejectedCallbackException malformed(String reason) {
        return new RejectedCallbackException(400, reason);
    }
}
