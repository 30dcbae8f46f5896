package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.delivery.WindowPlan.Window;
import io.github.cameltwilio.usage.state.ReaderId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether to accept that a list is empty. It may be a mistake, because Twilio lists every category for every
 * day; but before the account existed, and for a category that does not exist, an empty list is correct.
 */
final class EmptyLists {
    private static final Logger LOG = LoggerFactory.getLogger(EmptyLists.class);

    // The days that Twilio has listed since the consumer was created: the first of each range, with its last. Almost
    // always this is one range, because Twilio lists every day from the first one on.
    private final Map<ReaderId, NavigableMap<LocalDate, LocalDate>> listed = new HashMap<>();
    // The readers whose last poll ended with an empty list.
    private final Set<ReaderId> emptyBefore = new HashSet<>();
    private final Set<ReaderId> reported = new HashSet<>();

    /** Called when a window had records from one day to another. */
    void listed(ReaderId reader, LocalDate from, LocalDate to) {
        NavigableMap<LocalDate, LocalDate> ranges = listed.computeIfAbsent(reader, unknown -> new TreeMap<>());
        LocalDate first = from;
        LocalDate last = to;
        for (Map.Entry<LocalDate, LocalDate> range; (range = ranges.floorEntry(last.plusDays(1))) != null
                && !range.getValue().isBefore(first.minusDays(1));) {
            first = WindowPlan.earlier(first, range.getKey());
            last = range.getValue().isAfter(last) ? range.getValue() : last;
            ranges.remove(range.getKey());
        }
        ranges.put(first, last);
        emptyBefore.remove(reader);
        reported.remove(reader);
    }

    /** Returns whether records of the window were listed before. */
    boolean hadRecords(ReaderId reader, Window window) {
        if (window.from() == null || !listed.containsKey(reader)) {
            return false;
        }
        Map.Entry<LocalDate, LocalDate> range = listed.get(reader).floorEntry(window.to());
        return range != null && !range.getValue().isBefore(window.from());
    }

    /** Returns whether Twilio has listed days after the window. */
    boolean listsLater(ReaderId reader, Window window) {
        return listed.containsKey(reader) && listed.get(reader).lastEntry().getValue().isAfter(window.to());
    }

    /**
     * Decides about a list that was empty twice in this poll. Returns true if Twilio lists later days, or if the list
     * was also empty in the previous poll, but never if it had records before.
     */
    boolean accept(ReaderId reader, Window window, boolean hadRecords) {
        if (hadRecords) {
            LOG.warn("Twilio no longer lists anything for {} from {} to {}. These days are read again at each poll"
                    + " until it does", reader, window.from(), window.to());
            return false;
        }
        if (listsLater(reader, window)) {
            return true;
        }
        if (emptyBefore.contains(reader)) {
            if (reported.add(reader)) {
                LOG.info("Twilio lists nothing for {} in two polls in a row, so the days up to {} count as read",
                        reader, window.to());
            }
            return true;
        }
        LOG.debug("Twilio lists nothing for {} from {} to {}. The next poll reads these days again", reader,
                window.from(),
                window.to());
        emptyBefore.add(reader);
        return false;
    }
}
