package io.github.cameltwilio.usage;

/** What a producer makes of a list. */
public enum OutputType {
    /** All of it, in memory. */
    list,
    /** An iterator that fetches page by page, one ahead of its reader. */
    stream
}
