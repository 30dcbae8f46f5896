package io.github.cameltwilio.usage.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a page is: the list, and the query that says which of its pages. */
record PageAddress(String path, String query) {
    private static final Pattern PAGE_SIZE = Pattern.compile("\\bPageSize=(\\d{1,4})\\b");

    /** Whether a list begins with it. Twilio's links to later pages hold a token that goes with their size only. */
    boolean isFirst() {
        return !query.contains("PageToken=");
    }

    /** How many items it asks for, or 0 where it leaves that to Twilio. */
    int pageSize() {
        Matcher size = PAGE_SIZE.matcher(query);
        return size.find() ? Integer.parseInt(size.group(1)) : 0;
    }

    /** The same first page with at most so many items. */
    PageAddress withAtMost(int items) {
        return pageSize() <= items ? this
                : new PageAddress(path, PAGE_SIZE.matcher(query).replaceFirst("PageSize=" + items));
    }

    @Override
    public String toString() {
        return path + "?" + query;
    }
}
