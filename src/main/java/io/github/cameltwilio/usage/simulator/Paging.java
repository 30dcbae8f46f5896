package io.github.cameltwilio.usage.simulator;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page that a request asks for, and the links to its neighbours. */
record Paging(long seed, String path, Map<String, String> filters, int size, int page) {

    private static final List<String> FILTERS = List.of("Category", "StartDate", "EndDate", "IncludeSubaccounts");
    private static final int DEFAULT_SIZE = 50;
    private static final int LARGEST_SIZE = 1000;

    static Paging of(ReceivedRequest request, long seed) {
        Map<String, String> asked = request.parameters();
        Map<String, String> filters = new LinkedHashMap<>();
        FILTERS.stream().filter(asked::containsKey).forEach(name -> filters.put(name, asked.get(name)));
        int size = Math.min(number(asked, "PageSize", 1, DEFAULT_SIZE), LARGEST_SIZE);
        Paging paging = new Paging(seed, request.path(), filters, size, number(asked, "Page", 0, 0));
        paging.check(asked.get("PageToken"));
        return paging;
    }

    int firstRow() {
        return page * size;
    }

    String uri(int page) {
        StringBuilder uri = new StringBuilder(path).append('?');
        filters.forEach((name, value) -> uri.append(name).append('=').append(encode(value)).append('&'));
        uri.append("PageSize=").append(size).append("&Page=").append(page);
        if (page > 0) {
            uri.append("&PageToken=").append(encode(token(page)));
        }
        return uri.toString();
    }

    private void check(String token) {
        if (token == null && page > 0) {
            throw ApiError.invalidParameter("PageToken is required for paging.");
        }
        if (token != null && !token.equals(token(page))) {
            throw ApiError.invalidPageToken();
        }
    }

    /** Nothing is remembered: a token is right if it is the one this very list gives for this page. */
    private String token(int page) {
        long token = SimulatedUsage.scramble(seed + (path + filters + size + "/" + page).hashCode());
        return Base64.getEncoder().encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt((int) token).array());
    }

    private static int number(Map<String, String> asked, String name, int least, int otherwise) {
        if (!asked.containsKey(name)) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(asked.get(name));
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below, like a number that is too small
        }
        throw ApiError.invalidParameter("Invalid " + name);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
