package io.github.cameltwilio.usage.client;

import java.util.regex.Pattern;

/**
 * Twilio's {@code next_page_uri}, which is the other side's text and so never becomes an address: the next page is
 * asked for at our own address, and only the query is taken from the link.
 */
final class NextPage {
    private static final int LONGEST = 2048;
    // What may stand in a query (RFC 3986), less "#": no white space, no control character, nothing beyond ASCII, and
    // no half of an escape, of which no address can be made.
    private static final Pattern QUERY = Pattern.compile("(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@/?]++|%[0-9A-Fa-f]{2})++");
    private static final String FORMAT = ".json";

    private NextPage() {
    }

    /** The query of a link that leads to the list at {@code path}, or null where it leads anywhere else. */
    static String query(String link, String path) {
        int mark = link.indexOf('?');
        if (link.length() > LONGEST || mark < 0) {
            return null;
        }
        String linked = link.substring(0, mark);
        // Twilio has been seen to drop the format from its links, and then to answer them with XML.
        boolean sameList = linked.equals(path) || (linked + FORMAT).equals(path);
        String query = link.substring(mark + 1);
        return sameList && QUERY.matcher(query).matches() ? query : null;
    }
}
