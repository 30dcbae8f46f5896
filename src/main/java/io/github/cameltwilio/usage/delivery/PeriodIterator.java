package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;

import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * Regroups the pages of a listing by period, because Twilio's pages end in the middle of one. Relies on Twilio listing
 * the records of a period consecutively.
 */
public final class PeriodIterator implements Iterator<List<UsageRecord>> {
    private final Iterator<List<UsageRecord>> pages;
    private final Deque<UsageRecord> buffer = new ArrayDeque<>();

    public PeriodIterator(Iterator<List<UsageRecord>> pages) {
        this.pages = pages;
    }

    @Override
    public boolean hasNext() {
        while (buffer.isEmpty() && pages.hasNext()) {
            buffer.addAll(pages.next());
        }
        return !buffer.isEmpty();
    }

    @Override
    public List<UsageRecord> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        LocalDate period = buffer.peek().startDate();
        List<UsageRecord> records = new ArrayList<>();
        while (hasNext() && Objects.equals(buffer.peek().startDate(), period)) {
            records.add(buffer.remove());
        }
        return records;
    }
}
