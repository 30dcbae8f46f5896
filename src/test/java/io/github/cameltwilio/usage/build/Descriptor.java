package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The descriptor that Camel generates, and the tables rendered from it for the docs. */
final class Descriptor {
    static final Path FILE = Path.of("target/classes/META-INF/io/github/cameltwilio/usage/twilio-usage.json");

    private Descriptor() {
    }

    static String text() {
        try {
            return Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, JsonNode> options(String part) {
        try {
            return new ObjectMapper().readTree(text()).get(part).properties().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String table(String part) {
        List<String> rows = options(part).entrySet().stream()
                .sorted(Comparator.comparingInt(option -> option.getValue().get("index").asInt()))
                .map(option -> row(option.getKey(), option.getValue())).toList();
        return "| name | for | description | default | type |\n|---|---|---|---|---|\n" + String.join("\n", rows)
                + "\n";
    }

    private static String row(String name, JsonNode option) {
        return "| `%s`%s | %s | %s | %s | %s |".formatted(name, option.path("secret").asBoolean() ? " (secret)" : "",
                option.get("label").asText().replace(",", ", "), option.get("description").asText().replace("|", "\\|"),
                option.path("defaultValue").asText(""), type(option));
    }

    private static String type(JsonNode option) {
        if (option.has("enum")) {
            return option.get("enum").valueStream().map(JsonNode::asText).collect(Collectors.joining(", "));
        }
        String type = option.path("type").asText("object");
        return type.equals("object") ? option.get("javaType").asText().replaceAll("<.*|[\\w.]+\\.", "") : type;
    }
}
