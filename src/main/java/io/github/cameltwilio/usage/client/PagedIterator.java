package io.github.cameltwilio.usage.client;

import java.io.Closeable;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The items of a listing one by one, in Twilio's order. For one thread, but for {@link #close}.
 */
public final class PagedIterator<T> implements Iterator<T>, Closeable {
    private final Pages<T> pages;
    private Iterator<T> page = Collections.emptyIterator();

    public PagedIterator(Pages<T> pages) {
        this.pages = pages;
    }

    /**
     * @throws TwilioApiException    when the next page cannot be had; asking again then fetches the same page again
     * @throws IllegalStateException when the stream was closed before its end: a short read must not pass for a whole
     */
    @Override
    public boolean hasNext() {
        while (!page.hasNext() && pages.hasNext()) {
            page = pages.next().iterator();
        }
        return page.hasNext();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }

    @Override
    public void close() {
        pages.close();
    }
}
