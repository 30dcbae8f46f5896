package io.github.cameltwilio.usage.bench;

import java.util.Base64;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The account whose usage the contenders read. */
final class BenchmarkAccount {
    static final String SID = "AC" + "0".repeat(32);
    static final String AUTH_TOKEN = "benchmark";
    static final String DAILY = path(SID);

    private BenchmarkAccount() {
    }

    static String path(String sid) {
        return "/2010-04-01/Accounts/" + sid + "/Usage/Records/Daily.json";
    }

    static String authorization(String sid, String authToken) {
        return "Basic " + Base64.getEncoder().encodeToString((sid + ":" + authToken).getBytes(UTF_8));
    }
}
