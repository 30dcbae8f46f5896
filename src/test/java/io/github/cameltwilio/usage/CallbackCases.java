package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.client.TwilioSignature.Algorithm;

/**
 * The callbacks that every HTTP engine has to accept, and those that it must not: altered, forged, replayed, or cut
 * differently. They are written to a socket, since HTTP clients refuse to send some of them.
 */
public final class CallbackCases {
    public static final String SUBACCOUNT = "AC" + "b".repeat(32);
    public static final String SUBACCOUNT_TOKEN = "subaccount-token";
    public static final String SHARED_KEY = "SK" + "c".repeat(32);
    public static final String SHARED_SECRET = "shared-secret";

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String SETTINGS = "key=" + SHARED_KEY + ",algorithm=HMAC_SHA256";

    private final String address;
    private final String accountSid;
    private final String authToken;
    private final Instant now;
    private int tokens;

    /** One request. */
    public record Case(String name, String method, String query, Map<String, String> headers, String body) {

        /** Sends it and returns the status; 0 if the server closed the connection instead. */
        public int send(int port, String path) throws IOException {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(20_000);
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                StringBuilder head = new StringBuilder(method + " " + path + query + " HTTP/1.1\r\nHost: 127.0.0.1:"
                        + port + "\r\nConnection: close\r\nContent-Length: " + bytes.length + "\r\n");
                headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
                socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().write(bytes);
                socket.getOutputStream().flush();
                String response = new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
                return response.length() < 12 ? 0 : Integer.parseInt(response.substring(9, 12));
            }
        }

        private Case named(String other) {
            return new Case(other, method, query, headers, body);
        }

        private Case with(String header, String value) {
            Map<String, String> changed = new LinkedHashMap<>(headers);
            changed.put(header, value);
            return new Case(name, method, query, changed, body);
        }

        private Case without(String header) {
            Map<String, String> changed = new LinkedHashMap<>(headers);
            changed.remove(header);
            return new Case(name, method, query, changed, body);
        }

        private Case withBody(UnaryOperator<String> change) {
            return new Case(name, method, query, headers, change.apply(body));
        }

        private Case withQuery(String changed) {
            return new Case(name, method, changed, headers, body);
        }
    }

    public CallbackCases(String address, String accountSid, String authToken, Instant now) {
        this.address = address;
        this.accountSid = accountSid;
        this.authToken = authToken;
        this.now = now;
    }

    /** Each must be delivered once. */
    public List<Case> genuine() {
        List<Case> cases = new ArrayList<>();
        cases.add(form("form", address, firing()));
        cases.add(form("content type with charset", address, firing()).with("Content-Type", FORM + "; charset=UTF-8"));
        cases.add(form("blanks as %20", address, firing()).withBody(body -> body.replace("+", "%20")));
        cases.add(form("lower-case escapes", address, firing()).withBody(body -> body.replace("%2C", "%2c")
                .replace("%2F", "%2f").replace("%3A", "%3a").replace("%2B", "%2b")));
        cases.add(form("unescaped punctuation", address, firing())
                .withBody(body -> body.replace("%2C", ",").replace("%2F", "/").replace("%3A", ":")));
        cases.add(form("default port", address.replaceFirst("^(https://[^/]*)/", "$1:443/"), firing()));
        cases.add(form("query", address + "?x=%2B%20+1", firing()).withQuery("?x=%2B%20+1"));
        cases.add(form("fires once", address, with("Recurring", "")));
        cases.add(form("new parameter", address, with("Novelty", "\u00E9 & + = \uD83D\uDE00 %2B")));
        cases.add(form("other order", address, firing()).withBody(CallbackCases::reversed));
        for (String pattern : List.of("EEE, d MMM yyyy HH:mm:ss 'GMT'", "EEE, dd MMM yyyy HH:mm:ss 'UT'",
                "dd MMM yyyy HH:mm:ss '+0000'", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss'Z'",
                "yyyy-MM-dd'T'HH:mm:ss'+00:00'", "'a time that nobody knows'")) {
            cases.add(form("date " + pattern, address, with("DateFired", DateTimeFormatter
                    .ofPattern(pattern, Locale.ENGLISH).format(now.atOffset(ZoneOffset.UTC)))));
        }
        cases.add(form("number with comma", address, with("CurrentValue", "1,001.5")));
        Map<String, String> ofSubaccount = with("AccountSid", SUBACCOUNT);
        cases.add(form("subaccount", address, ofSubaccount).with(TwilioSignature.HEADER,
                TwilioSignature.sign(SUBACCOUNT_TOKEN, address, ofSubaccount)));
        Map<String, String> shared = firing();
        cases.add(form("shared key", address, shared).with(TwilioSignature.SETTINGS_HEADER, SETTINGS)
                .with(TwilioSignature.HEADER, signature(Algorithm.HMAC_SHA256, SHARED_SECRET, shared)));
        cases.add(json("JSON"));
        return cases;
    }

    /** None of them may be delivered, not even if its original was not. */
    public List<Case> forged() {
        List<Case> cases = new ArrayList<>();
        Case original = form("original", address, firing());
        for (String name : firing().keySet()) {
            cases.add(original.named(name + " changed").withBody(body -> body.replace(name + "=", name + "=1")));
            cases.add(original.named(name + " removed")
                    .withBody(body -> body.replaceFirst("(^|&)" + name + "=[^&]*", "")));
            cases.add(original.named(name + " renamed").withBody(body -> body.replace(name + "=", name + "2=")));
            cases.add(original.named(name + " twice").withBody(body -> body + "&" + name + "=1"));
            cases.add(original.named(name + " repeated in the query").withQuery("?" + name + "=1"));
        }
        cases.add(original.named("parameter added").withBody(body -> body + "&Extra=1"));
        cases.add(original.named("empty body").withBody(body -> ""));
        cases.add(original.named("no signature").without(TwilioSignature.HEADER));
        cases.add(original.named("empty signature").with(TwilioSignature.HEADER, ""));
        cases.add(original.named("two signatures").with(TwilioSignature.HEADER.toLowerCase(Locale.ROOT), "x"));
        cases.add(original.named("query added").withQuery("?a=b"));
        cases.add(original.named("fragment added").withQuery("#a=b"));
        cases.add(new Case("as GET", "GET", "?" + original.body(), original.headers(), ""));
        cases.add(original.named("as JSON").with("Content-Type", "application/json"));
        cases.add(original.named("as XML").with("Content-Type", "text/xml"));
        cases.add(original.named("as PUT").withBody(body -> body));
        cases.set(cases.size() - 1, new Case("as PUT", "PUT", "", original.headers(), original.body()));
        cases.add(signed("token of nobody", "nobody", address, firing()));
        cases.add(signed("secret of the shared key without its header", SHARED_SECRET, address, firing()));
        cases.add(signed("token of the subaccount", SUBACCOUNT_TOKEN, address, firing()));
        cases.add(signed("token of the main account", authToken, address, with("AccountSid", SUBACCOUNT)));
        cases.add(signed("unknown account", authToken, address, with("AccountSid", "AC" + "d".repeat(32))));
        for (String other : List.of(address + "/", address.replace("https:", "http:"), address + "?x=1",
                address.replaceFirst("://", "://other."), address.toUpperCase(Locale.ROOT))) {
            cases.add(signed("signed for " + other, authToken, other, firing()));
        }
        for (String settings : List.of("key=" + SHARED_KEY, "key=" + SHARED_KEY + ",algorithm=HMAC_SHA1",
                "key=" + SHARED_KEY + ",algorithm=none", "key=unknown,algorithm=HMAC_SHA256", SETTINGS + ",version=2",
                "algorithm=HMAC_SHA256", "key=" + accountSid + ",algorithm=HMAC_SHA256")) {
            for (Algorithm algorithm : Algorithm.values()) {
                Map<String, String> firing = firing();
                cases.add(form(settings + " with " + algorithm, address, firing)
                        .with(TwilioSignature.SETTINGS_HEADER, settings).with(TwilioSignature.HEADER,
                                signature(algorithm, settings.contains(accountSid) ? authToken : SHARED_SECRET,
                                        firing)));
            }
        }
        for (List<String> settings : List.of(List.of(SETTINGS, "key=unknown,algorithm=HMAC_SHA256"),
                List.of("key=unknown,algorithm=HMAC_SHA256", SETTINGS), List.of(SETTINGS, SETTINGS))) {
            Map<String, String> firing = firing();
            cases.add(form("two shared keys: " + settings, address, firing)
                    .with(TwilioSignature.HEADER, signature(Algorithm.HMAC_SHA256, SHARED_SECRET, firing))
                    .with(TwilioSignature.SETTINGS_HEADER, settings.get(0))
                    .with(TwilioSignature.SETTINGS_HEADER.toLowerCase(Locale.ROOT), settings.get(1)));
        }
        Map<String, String> old = with("DateFired", "Sun, 15 Mar 2020 11:59:00 +0000");
        cases.add(form("too old", address, old));
        Map<String, String> undated = with("DateFired", "");
        undated.put("Dec", "1");
        cases.add(form("date cut off", address, undated));
        cases.add(json("JSON changed").withBody(body -> body.replace("1001.5", "9999.5")));
        cases.add(form("name with punctuation", address, with("RES-", "1")));
        return cases;
    }

    /** Replays of this genuine callback, which is a form: the same signed text, each cut in another way. */
    public static List<Case> replays(Case genuine) {
        List<Case> cases = new ArrayList<>();
        cases.add(genuine.named("replay"));
        cases.add(genuine.named("replay in other order").withBody(CallbackCases::reversed));
        cases.add(genuine.named("recurrence moved into the token")
                .withBody(body -> body.replaceFirst("(IdempotencyToken=[^&]*)&Recurring=daily", "$1Recurringdaily")));
        cases.add(genuine.named("recurrence moved, but not missing").withBody(
                body -> body.replaceFirst("(IdempotencyToken=[^&]*)&Recurring=daily", "$1Recurringdaily&Recurring=")));
        cases.add(genuine.named("token cut").withBody(body -> body.replaceFirst("-FIRES-", "-FI&RES=-")));
        cases.add(genuine.named("token cut at punctuation")
                .withBody(body -> body.replaceFirst("-FIRES-", "-FI&RES-=")));
        cases.add(genuine.named("name cut").withBody(body -> body.replaceFirst("Recurring=daily", "Recurringd=aily")));
        cases.add(genuine.named("fragment").withQuery("#1"));
        return cases;
    }

    /** Each is to be delivered once by a route with {@code callbackMethod=GET}. */
    public List<Case> genuineByGet() {
        return List.of(get("GET", encoded(firing())),
                get("blanks as %20", encoded(firing()).replace("+", "%20")),
                get("lower-case escapes", encoded(firing()).replace("%2C", "%2c").replace("%2F", "%2f")),
                get("unescaped punctuation", encoded(firing()).replace("%2C", ",").replace("%2F", "/")),
                get("body hash twice", encoded(firing()) + "&bodySHA256=00&bodySHA256=00"));
    }

    /** None of them may be delivered by a route with {@code callbackMethod=GET}. */
    public List<Case> forgedByGet() {
        List<Case> cases = new ArrayList<>();
        Case original = get("original", encoded(firing()));
        String query = original.query();
        for (String name : firing().keySet()) {
            cases.add(original.named(name + " changed").withQuery(query.replace(name + "=", name + "=1")));
            cases.add(original.named(name + " removed")
                    .withQuery(query.replaceFirst("([?&])" + name + "=[^&]*&?", "$1")));
            cases.add(original.named(name + " twice").withQuery(query + "&" + name + "=1"));
            cases.add(get(name + " signed twice", encoded(firing()) + "&" + name + "=1"));
        }
        cases.add(original.named("other order").withQuery("?" + reversed(query.substring(1))));
        cases.add(original.named("other escapes").withQuery(query.replace("%2C", ",")));
        cases.add(original.named("no signature").without(TwilioSignature.HEADER));
        cases.add(original.named("no query").withQuery(""));
        cases.add(new Case("as POST", "POST", query, original.headers(), ""));
        cases.add(form("form", address, firing()));
        return cases;
    }

    /** Replays of this genuine callback, which is a GET. Some engines cut off what would be in a fragment. */
    public static List<Case> replaysByGet(Case genuine) {
        return List.of(genuine.named("replay"),
                genuine.named("replay with a fragment").withQuery(genuine.query() + "#1"),
                genuine.named("parameters after a fragment").withQuery(genuine.query() + "#&IdempotencyToken=2"));
    }

    /** A JSON callback whose body is exchanged by means of a fragment, or of a second hash. */
    public List<Case> exchangedBodies() {
        Case genuine = json("JSON");
        String forged = genuine.body().replace("1001.5", "9999.5");
        String hash = "bodySHA256=" + TwilioSignature.bodyHash(forged.getBytes(StandardCharsets.UTF_8));
        return List.of(genuine.named("hash after a fragment").withBody(body -> forged).withQuery(
                genuine.query() + "#&" + hash),
                genuine.named("second hash").withBody(body -> forged).withQuery(genuine.query() + "&" + hash),
                genuine.named("other hash").withBody(body -> forged).withQuery("?" + hash));
    }

    private Case form(String name, String url, Map<String, String> form) {
        return signed(name, authToken, url, form);
    }

    private static Case signed(String name, String key, String url, Map<String, String> form) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", FORM);
        headers.put(TwilioSignature.HEADER, TwilioSignature.sign(key, url, form));
        return new Case(name, "POST", "", headers, encoded(form));
    }

    private Case get(String name, String query) {
        return new Case(name, "GET", "?" + query, Map.of(TwilioSignature.HEADER,
                TwilioSignature.sign(authToken, address + "?" + query, Map.of())), "");
    }

    private String signature(Algorithm algorithm, String key, Map<String, String> form) {
        return TwilioSignature.sign(algorithm, key, address, form);
    }

    private Case json(String name) {
        String body = firing().entrySet().stream().map(one -> "\"" + one.getKey() + "\":\"" + one.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
        String query = "?bodySHA256=" + TwilioSignature.bodyHash(body.getBytes(StandardCharsets.UTF_8));
        return new Case(name, "POST", query, Map.of("Content-Type", "application/json", TwilioSignature.HEADER,
                TwilioSignature.sign(authToken, address + query, Map.of())), body);
    }

    private Map<String, String> with(String name, String value) {
        Map<String, String> firing = firing();
        firing.put(name, value);
        return firing;
    }

    /** A firing of its own. */
    private Map<String, String> firing() {
        String trigger = "UT0123456789abcdef0123456789abcdef";
        return new TreeMap<>(Map.of("AccountSid", accountSid, "UsageTriggerSid", trigger,
                "DateFired", DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)),
                "Recurring", "daily", "UsageCategory", "sms", "TriggerBy", "usage", "TriggerValue", "1000.000000",
                "CurrentValue", "1001.5", "UsageRecordUri", "/2010-04-01/Accounts/AC/Usage/Records/Today.json?C=sms",
                "IdempotencyToken", accountSid + "-FIRES-" + trigger + "-" + ++tokens));
    }

    private static String reversed(String body) {
        List<String> parameters = new ArrayList<>(List.of(body.split("&")));
        Collections.reverse(parameters);
        return String.join("&", parameters);
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
