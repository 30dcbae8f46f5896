package io.github.cameltwilio.usage;

/** What a producer makes of a list. */
public enum OutputType {
    /** All of it, in memory. */
    list,
    /** An iterator that fetches the next page when the one before it is used up. */
    stream
}
