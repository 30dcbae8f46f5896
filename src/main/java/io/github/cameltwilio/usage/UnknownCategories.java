package io.github.cameltwilio.usage;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.UsageRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of categories that no response ever had, because they may be misspelled: Twilio lists every category for every
 * period, used or not, and responds to an unknown one with an empty list.
 */
final class UnknownCategories {
    private static final Logger LOG = LoggerFactory.getLogger(UnknownCategories.class);
    // Categories come from messages too, and a warning that was forgotten is only given again.
    private static final int MAX_WARNINGS = 1000;

    private final TwilioUsageEndpoint endpoint;
    private final Set<String> listed = ConcurrentHashMap.newKeySet();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private volatile boolean responded;

    UnknownCategories(TwilioUsageEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * @param categories that are read; empty for all
     * @param whole      whether the end of these pages is the time to warn
     */
    Pages<UsageRecord> watch(Pages<UsageRecord> pages, List<String> categories, boolean whole) {
        return categories.isEmpty() ? pages : pages.map(page -> {
            page.stream().map(UsageRecord::category).filter(category -> category != null)
                    .forEach(category -> listed.add(category.toLowerCase(Locale.ROOT)));
            responded = true;
            if (whole && !pages.hasNext()) {
                warn(categories);
            }
            return page;
        });
    }

    void warn(List<String> categories) {
        if (!responded) {
            return;
        }
        for (String category : categories) {
            if (!listed.contains(category.toLowerCase(Locale.ROOT)) && warned.size() < MAX_WARNINGS
                    && warned.add(category)) {
                LOG.warn("{}: Twilio has not listed category {} in any response yet. If it stays like this, it may be"
                        + " misspelled: Twilio's categories are in lower case", endpoint, category);
            }
        }
    }
}
