package io.github.cameltwilio.usage.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.apache.hc.core5.net.WWWFormCodec;

/**
 * Follows a list from page to page. Twilio's {@code next_page_uri} is foreign text and never becomes a URL: only its
 * query is used, on the list's own path.
 */
final class PageCursor {
    // Twilio occasionally sends an empty page. This many in a row are a loop.
    private static final int MAX_EMPTY_PAGES = 1000;
    // At 100 records per page this is more than twenty years of every category, so it is a loop as well.
    private static final int MAX_PAGES = 100_000;
    private static final int MAX_LINK_LENGTH = 2048;
    // The characters of a query (RFC 3986) and complete escapes, so that the query always makes a valid URI.
    private static final Pattern QUERY = Pattern.compile("(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@/?]++|%[0-9A-Fa-f]{2})++");
    private static final String FORMAT = ".json";

    private final String path;
    private final List<NameValuePair> firstQuery;
    private final Set<String> read = new HashSet<>();
    private int pageSize;
    private String linkedQuery;
    private int emptyPagesInARow;
    private boolean atEnd;
    private String brokenLink;

    /** A page to request. */
    record Address(String uri, int pageSize) {
    }

    /**
     * A page that was read.
     *
     * @param nextPageUri Twilio's link to the next page; null on the last page
     * @param bytes       the size of the response
     */
    record Page<T>(List<T> items, String nextPageUri, int bytes) {
    }

    /** @param firstQuery parameters of the first page other than its size */
    PageCursor(String path, List<NameValuePair> firstQuery, int pageSize) {
        this.path = path;
        this.firstQuery = firstQuery;
        this.pageSize = pageSize;
    }

    /** Returns whether there is a page to request. */
    boolean hasNext() {
        return !atEnd && brokenLink == null;
    }

    /** Says why the list cannot be continued after the pages read so far. */
    Optional<String> brokenLink() {
        return Optional.ofNullable(brokenLink);
    }

    /**
     * The next page for a given maximum page size. Only the first page can shrink: later links carry a token that is
     * valid for one size only. The function does not change with this cursor.
     */
    IntFunction<Address> next() {
        String link = linkedQuery;
        int size = pageSize;
        return link == null ? maxPageSize -> first(Math.min(size, maxPageSize))
                : maxPageSize -> new Address(path + "?" + link, size);
    }

    private Address first(int size) {
        List<NameValuePair> query = new ArrayList<>(firstQuery);
        add(query, "PageSize", size);
        return new Address(path + "?" + WWWFormCodec.format(query, StandardCharsets.UTF_8), size);
    }

    /** Adds a parameter, if it has a value. */
    static void add(List<NameValuePair> query, String name, Object value) {
        if (value != null) {
            query.add(new BasicNameValuePair(name, value.toString()));
        }
    }

    /** Moves past a page. If its link is broken, only the page after it fails. */
    void advance(Address address, Page<?> page) {
        read.add(address.uri());
        pageSize = address.pageSize();
        emptyPagesInARow = page.items().isEmpty() ? emptyPagesInARow + 1 : 0;
        atEnd = page.nextPageUri() == null;
        if (!atEnd) {
            linkedQuery = linkedQuery(page.nextPageUri(), path);
            brokenLink = findProblem();
        }
    }

    private String findProblem() {
        if (linkedQuery == null) {
            return "the response's next_page_uri does not lead to a page of this list";
        }
        if (read.contains(path + "?" + linkedQuery)) {
            return "the response's next_page_uri leads back to a page that was already read";
        }
        if (emptyPagesInARow == MAX_EMPTY_PAGES) {
            return "the last " + MAX_EMPTY_PAGES + " pages were empty, and each linked to another page";
        }
        if (read.size() == MAX_PAGES) {
            return "the list has more than " + MAX_PAGES + " pages. If it really is that long, request fewer days at a"
                    + " time, or more records per page (pageSize)";
        }
        return null;
    }

    /** Returns the query of a link to the list at {@code path}, and null for any other link. */
    static String linkedQuery(String link, String path) {
        int mark = link.indexOf('?');
        if (link.length() > MAX_LINK_LENGTH || mark < 0) {
            return null;
        }
        String linkedPath = link.substring(0, mark);
        // Twilio sometimes omits the format from its links, and has written it as a segment of its own.
        boolean sameList = linkedPath.equals(path) || (linkedPath + FORMAT).equals(path)
                || linkedPath.replace("/" + FORMAT, FORMAT).equals(path);
        String query = link.substring(mark + 1);
        return sameList && QUERY.matcher(query).matches() ? query : null;
    }
}
