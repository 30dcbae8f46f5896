package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A plain HTTP client of the simulator. */
final class Caller {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TwilioUsageSimulator simulator;

    Caller(TwilioUsageSimulator simulator) {
        this.simulator = simulator;
    }

    /** @param list for example {@code "/Daily.json?Category=sms"} */
    HttpResponse<String> get(String list) throws IOException, InterruptedException {
        return follow(records(list));
    }

    JsonNode page(String list) throws IOException, InterruptedException {
        return JSON.readTree(get(list).body());
    }

    HttpResponse<String> follow(String uri) throws IOException, InterruptedException {
        return send("GET", uri, simulator.accountSid(), simulator.authToken());
    }

    HttpResponse<String> send(String method, String uri, String user, String password)
            throws IOException, InterruptedException {
        return send(method, uri, user, password, "");
    }

    private HttpResponse<String> send(String method, String uri, String user, String password, String body)
            throws IOException, InterruptedException {
        String pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return sendAs("Basic " + pair, method, uri, body);
    }

    HttpResponse<String> send(String method, String uri, String authorization)
            throws IOException, InterruptedException {
        return sendAs(authorization, method, uri, "");
    }

    /** Requests an access token for the OAuth app. */
    HttpResponse<String> accessToken(String grantType, String clientId, String clientSecret)
            throws IOException, InterruptedException {
        return sendAs("none", "POST", "/v2/token",
                form(Map.of("grant_type", grantType, "client_id", clientId, "client_secret", clientSecret)));
    }

    private HttpResponse<String> sendAs(String authorization, String method, String uri, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(simulator.baseUrl() + uri))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", authorization)
                .timeout(Duration.ofSeconds(20))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** @param trigger {@code ".json"} for the list, {@code "/UT....json"} for one */
    HttpResponse<String> trigger(String method, String trigger, Map<String, String> form)
            throws IOException, InterruptedException {
        return send(method, "/2010-04-01/Accounts/" + simulator.accountSid() + "/Usage/Triggers" + trigger,
                simulator.accountSid(), simulator.authToken(), form(form));
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** The records of all pages. */
    List<JsonNode> records(JsonNode firstPage) throws IOException, InterruptedException {
        List<JsonNode> records = new ArrayList<>();
        JsonNode page = firstPage;
        while (true) {
            page.get("usage_records").forEach(records::add);
            if (page.get("next_page_uri").isNull()) {
                return records;
            }
            page = JSON.readTree(follow(page.get("next_page_uri").asText()).body());
        }
    }

    List<JsonNode> all(String list) throws IOException, InterruptedException {
        return records(page(list));
    }

    String records(String list) {
        return "/2010-04-01/Accounts/" + simulator.accountSid() + "/Usage/Records" + list;
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }
}
