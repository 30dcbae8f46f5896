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

/** The page that a request asks for, and the links to its neighbours. */
record Paging(long seed, String path, Map<String, String> filters, int size, int page) {

    private static final List<String> FILTERS = List.of("Category", "StartDate", "EndDate", "IncludeSubaccounts",
            "Recurring", "TriggerBy", "UsageCategory");
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

    /** The rows of a list that were asked for, between the links to those before and after them. */
    Map<String, Object> page(String list, int rows, IntFunction<Map<String, Object>> row) {
        int first = Math.min(page * size, rows);
        int end = Math.min(rows, first + size);
        Map<String, Object> answer = new TreeMap<>();
        answer.put("end", Math.max(page * size, end - 1));
        answer.put("first_page_uri", uri(0));
        answer.put("next_page_uri", end == rows ? null : uri(page + 1));
        answer.put("page", page);
        answer.put("page_size", size);
        answer.put("previous_page_uri", page == 0 ? null : uri(page - 1));
        answer.put("start", page * size);
        answer.put("uri", uri(page));
        answer.put(list, IntStream.range(first, end).mapToObj(row).toList());
        return answer;
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
