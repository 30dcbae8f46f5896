package io.github.cameltwilio.usage;

/** The body in which a producer returns a list. */
public enum OutputType {
    /** A list of all items, in memory. */
    list,
    /** An iterator that fetches page by page, one page ahead. */
    stream
}
