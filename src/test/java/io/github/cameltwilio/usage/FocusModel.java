package io.github.cameltwilio.usage;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Checks rows against the static rules of the machine-readable FOCUS model, as the FinOps Foundation's validator does.
 * A rule that applies to a column, or to a feature of a provider, is checked only where rows or provider have it.
 */
public final class FocusModel {
    // A Numeric Format of the specification: no plus sign, no separators.
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE]-?\\d+)?");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    // The Unit Format: a base unit, several of them, or one per another one.
    private static final String BASE_UNIT = "[A-Z][A-Za-z]*( [A-Za-z]+)*";
    private static final Pattern UNIT = Pattern
            .compile("(\\d+ )?" + BASE_UNIT + "(-" + BASE_UNIT + ")*(/(\\d+ )?" + BASE_UNIT + ")?");

    private final JsonNode rules;
    private final Set<String> supported;
    private final Set<String> present;
    private final Set<String> checked = new TreeSet<>();
    private final Map<String, String> violations = new TreeMap<>();

    private FocusModel(JsonNode rules, Set<String> supported, Set<String> present) {
        this.rules = rules;
        this.supported = supported;
        this.present = present;
    }

    /**
     * @param data      the directory with the model
     * @param supported the features of the provider, by the names that the model gives them
     */
    public static FocusModel check(Path data, Set<String> supported, List<? extends Map<String, ?>> rows)
            throws IOException {
        JsonNode model = new ObjectMapper().readTree(data.resolve("focus-model-1.2.json").toFile());
        FocusModel check = new FocusModel(model.get("ModelRules"), supported, rows.get(0).keySet());
        model.at("/ModelDatasets/CostAndUsage/ModelRules").forEach(id -> check.rule(id.textValue(), rows));
        return check;
    }

    /** The ids of the rules that were checked. */
    public Set<String> checked() {
        return checked;
    }

    /** The ids of the violated rules that are a MUST or a MUST NOT. */
    public Set<String> violations() {
        return violated(true);
    }

    /** The ids of the violated rules that are only recommended. */
    public Set<String> recommendations() {
        return violated(false);
    }

    private Set<String> violated(boolean must) {
        return violations.entrySet().stream().filter(violation -> must == violation.getValue().startsWith("MUST"))
                .map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }

    private void rule(String id, List<? extends Map<String, ?>> rows) {
        JsonNode rule = rules.get(id);
        JsonNode criteria = rule.get("ValidationCriteria");
        if (!rule.get("Type").textValue().equals("Static")
                || !texts(rule.get("ApplicabilityCriteria")).allMatch(supported::contains)) {
            return;
        }
        JsonNode condition = criteria.get("Condition");
        List<? extends Map<String, ?>> concerned = rows.stream()
                .filter(row -> condition.isEmpty() || holds(condition, row)).toList();
        JsonNode requirement = criteria.get("Requirement");
        if (rule.get("Function").textValue().equals("Composite")) {
            parts(requirement).forEach(part -> rule(part, concerned));
        } else if (requirement.get("CheckFunction").textValue().equals("ColumnPresent")
                || columns(requirement).allMatch(present::contains)) {
            checked.add(id);
            String keyword = criteria.get("Keyword").textValue();
            if (!keyword.equals("MAY") && !isMet(requirement, concerned)) {
                violations.put(id, keyword);
            }
        }
    }

    private static Stream<String> parts(JsonNode requirement) {
        return requirement.findValuesAsText("ModelRuleId").stream();
    }

    private static Stream<String> columns(JsonNode requirement) {
        return Stream.of("ColumnName", "ColumnAName", "ColumnBName", "ResultColumnName")
                .flatMap(name -> requirement.findValuesAsText(name).stream());
    }

    private static boolean isMet(JsonNode requirement, List<? extends Map<String, ?>> rows) {
        if (requirement.get("CheckFunction").textValue().equals("CheckDistinctCount")) {
            return rows.stream().collect(Collectors.groupingBy(row -> text(row, requirement, "ColumnAName"),
                    Collectors.mapping(row -> text(row, requirement, "ColumnBName"), Collectors.toSet())))
                    .values().stream().allMatch(values -> values.size() == requirement.get("ExpectedCount").intValue());
        }
        return rows.stream().allMatch(row -> holds(requirement, row));
    }

    private static boolean holds(JsonNode check, Map<String, ?> row) {
        String function = check.get("CheckFunction").textValue();
        String value = text(row, check, "ColumnName");
        return switch (function) {
            case "AND" -> items(check).allMatch(item -> holds(item, row));
            case "OR" -> items(check).anyMatch(item -> holds(item, row));
            case "ColumnPresent" -> row.containsKey(check.get("ColumnName").textValue());
            case "CheckValue" -> isValue(value, check.get("Value"));
            case "CheckNotValue" -> !isValue(value, check.get("Value"));
            case "CheckSameValue" -> Objects.equals(text(row, check, "ColumnAName"), text(row, check, "ColumnBName"));
            case "CheckNotSameValue" ->
                !Objects.equals(text(row, check, "ColumnAName"), text(row, check, "ColumnBName"));
            case "ColumnByColumnEqualsColumnValue" -> number(row, check, "ColumnAName")
                    .multiply(number(row, check, "ColumnBName"))
                    .compareTo(number(row, check, "ResultColumnName")) == 0;
            default -> value == null || isWellFormed(function, value, check);
        };
    }

    private static boolean isWellFormed(String function, String value, JsonNode check) {
        return switch (function) {
            case "TypeString", "FormatString" -> !value.isBlank();
            case "TypeDecimal", "FormatNumeric", "CheckDecimalValue" -> NUMBER.matcher(value).matches();
            case "CheckGreaterOrEqualThanValue" ->
                new BigDecimal(value).compareTo(new BigDecimal(check.get("Value").asText())) >= 0;
            case "TypeDateTime", "FormatDateTime" -> TIME.matcher(value).matches() && Instant.parse(value) != null;
            case "FormatUnit" -> UNIT.matcher(value).matches();
            case "FormatCurrency", "CheckNationalCurrency" -> Currency.getAvailableCurrencies().stream()
                    .anyMatch(currency -> currency.getCurrencyCode().equals(value));
            default -> throw new AssertionError("the model has a new function: " + function);
        };
    }

    private static boolean isValue(String value, JsonNode expected) {
        if (value == null || expected.isNull()) {
            return value == null && expected.isNull();
        }
        return expected.isNumber() ? new BigDecimal(value).compareTo(expected.decimalValue()) == 0
                : value.equals(expected.textValue());
    }

    private static Stream<JsonNode> items(JsonNode check) {
        return StreamSupport.stream(check.get("Items").spliterator(), false);
    }

    private static Stream<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::textValue);
    }

    private static BigDecimal number(Map<String, ?> row, JsonNode check, String column) {
        return new BigDecimal(text(row, check, column));
    }

    /** The value of the column that the check names; null if the rows do not have it. */
    private static String text(Map<String, ?> row, JsonNode check, String column) {
        Object value = check.has(column) ? row.get(check.get(column).textValue()) : null;
        return value == null ? null : value.toString();
    }
}
