package io.github.cameltwilio.usage;

/** A request that is no callback to act on. The message is ours: what came in is in no log. */
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

    static RejectedCallbackException otherMethod() {
        return new RejectedCallbackException(405, "its method is not callbackMethod");
    }

    static RejectedCallbackException otherContent() {
        return new RejectedCallbackException(415, "it is neither a form nor JSON");
    }

    static RejectedCallbackException tooLarge() {
        return new RejectedCallbackException(413, "it is larger than any callback");
    }

    static RejectedCallbackException notSigned() {
        return new RejectedCallbackException(403,
                "it is not signed for this address with any of the auth tokens; where Twilio"
                        + " reports them, webhookExternalUrl is not the address that Twilio calls, or an auth token is missing");
    }

    /** @param reason what is odd about it; quotes nothing of it */
    static RejectedCallbackException odd(String reason) {
        return new RejectedCallbackException(400, reason);
    }
}
