package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;

import io.github.cameltwilio.usage.client.UsageRecord;

/** The records of a listing period by period, wherever its pages end: Twilio lists one period behind the other. */
final class PeriodIterator implements Iterator<List<UsageRecord>> {
    private final Iterator<List<UsageRecord>> pages;
    private final Deque<UsageRecord> read = new ArrayDeque<>();

    PeriodIterator(Iterator<List<UsageRecord>> pages) {
        this.pages = pages;
    }

    @Override
    public boolean hasNext() {
        while (read.isEmpty() && pages.hasNext()) {
            read.addAll(pages.next());
        }
        return !read.isEmpty();
    }

    @Override
    public List<UsageRecord> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        LocalDate period = read.peek().startDate();
        List<UsageRecord> records = new ArrayList<>();
        while (hasNext() && Objects.equals(read.peek().startDate(), period)) {
            records.add(read.remove());
        }
        return records;
    }
}
