package io.github.cameltwilio.usage.simulator;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The requested page of a list, and the links to its neighbours. */
record Paging(long seed, String path, Map<String, String> filters, int size, int page) {

    private static final List<String> FILTERS = List.of("Category", "StartDate", "EndDate", "IncludeSubaccounts",
            "Recurring", "TriggerBy", "UsageCategory");
    private static final int DEFAULT_SIZE = 50;
    private static final int MAX_SIZE = 1000;

    static Paging of(ReceivedRequest request, long seed) {
        Map<String, String> parameters = request.parameters();
        Map<String, String> filters = new LinkedHashMap<>();
        FILTERS.stream().filter(parameters::containsKey).forEach(name -> filters.put(name, parameters.get(name)));
        int size = Math.min(number(parameters, "PageSize", 1, DEFAULT_SIZE), MAX_SIZE);
        Paging paging = new Paging(seed, request.path(), filters, size, number(parameters, "Page", 0, 0));
        paging.check(parameters.get("PageToken"));
        return paging;
    }

    /** The page as JSON: its rows, its position, and the links to other pages. */
    Map<String, Object> page(String list, int rows, IntFunction<Map<String, Object>> row) {
        int first = Math.min(page * size, rows);
        int end = Math.min(rows, first + size);
        Map<String, Object> json = new TreeMap<>();
        json.put("end", Math.max(page * size, end - 1));
        json.put("first_page_uri", uri(0));
        json.put("next_page_uri", end == rows ? null : uri(page + 1));
        json.put("page", page);
        json.put("page_size", size);
        json.put("previous_page_uri", page == 0 ? null : uri(page - 1));
        json.put("start", page * size);
        json.put("uri", uri(page));
        json.put(list, IntStream.range(first, end).mapToObj(row).toList());
        return json;
    }

    private String uri(int page) {
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

    /** Tokens are derived, not stored: a token is valid only for this list and this page. */
    private String token(int page) {
        long token = SimulatedUsage.scramble(seed + (path + filters + size + "/" + page).hashCode());
        return Base64.getEncoder().encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt((int) token).array());
    }

    private static int number(Map<String, String> parameters, String name, int min, int defaultNumber) {
        if (!parameters.containsKey(name)) {
            return defaultNumber;
        }
        try {
            int number = Integer.parseInt(parameters.get(name));
            if (number >= min) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Rejected below, like a number that is too small.
        }
        throw ApiError.invalidParameter("Invalid " + name);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
