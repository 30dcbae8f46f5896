package io.github.cameltwilio.usage;

/** What a producer does: fixed by the URI, so that no message can turn a read into anything else. */
public enum TwilioUsageAction {
    /** Reads a list, page by page. */
    list
}
