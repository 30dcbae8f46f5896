package io.github.cameltwilio.usage;

/** A request that is no callback to act on. The message is ours: what came in is in no log. */
final class RefusedCallback extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    private RefusedCallback(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    static RefusedCallback otherMethod() {
        return new RefusedCallback(405, "its method is not callbackMethod");
    }

    static RefusedCallback otherContent() {
        return new RefusedCallback(415, "it is neither a form nor JSON");
    }

    static RefusedCallback tooLarge() {
        return new RefusedCallback(413, "it is larger than any callback");
    }

    static RefusedCallback notSigned() {
        return new RefusedCallback(403, "it is not signed for this address with any of the auth tokens; where Twilio"
                + " reports them, webhookExternalUrl is not the address that Twilio calls, or an auth token is missing");
    }

    /** @param reason what is odd about it; quotes nothing of it */
    static RefusedCallback odd(String reason) {
        return new RefusedCallback(400, reason);
    }
}
