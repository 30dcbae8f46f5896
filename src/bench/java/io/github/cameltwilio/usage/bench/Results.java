package io.github.cameltwilio.usage.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/** What was measured, as medians of all runs of a case. A case that could not be brought to its end has no figures: NaN. */
final class Results {
    private final Map<Case, List<Measurement>> measured = new HashMap<>();
    private final Map<Integer, BigDecimal> sums = new HashMap<>();
    private final Map<Contender, Integer> smallestHeaps = new EnumMap<>(Contender.class);

    /** Nobody is fast by leaving something out: all records are there, and the prices of the same days have one sum. */
    void add(Case one, Measurement measurement) {
        int records = one.days() * UsageServer.RECORDS_A_DAY;
        if (measurement.records() != records) {
            throw new IllegalStateException(one + " read " + measurement.records() + " records, not " + records);
        }
        BigDecimal sum = sums.computeIfAbsent(one.days(), days -> measurement.sum());
        if (sum.compareTo(measurement.sum()) != 0) {
            throw new IllegalStateException(one + " found prices of " + measurement.sum() + ", others of " + sum);
        }
        measured.computeIfAbsent(one, any -> new ArrayList<>()).add(measurement);
    }

    void smallestHeap(Case one) {
        smallestHeaps.put(one.contender(), one.heapMegabytes());
    }

    OptionalInt smallestHeap(Contender contender) {
        return smallestHeaps.containsKey(contender) ? OptionalInt.of(smallestHeaps.get(contender))
                : OptionalInt.empty();
    }

    double seconds(Case one) {
        return median(one, measurement -> measurement.wallNanos() / 1e9);
    }

    /** A record. */
    double cpuMicros(Case one) {
        return median(one, measurement -> measurement.cpuNanos() / 1e3 / measurement.records());
    }

    /** Allocated, a record. */
    double bytes(Case one) {
        return median(one, measurement -> (double) measurement.allocatedBytes() / measurement.records());
    }

    double firstRecordMillis(Case one) {
        return median(one, measurement -> measurement.firstRecordNanos() / 1e6);
    }

    double requestsBeforeFirst(Case one) {
        return median(one, Measurement::requestsBeforeFirst);
    }

    private double median(Case one, ToDoubleFunction<Measurement> figure) {
        double[] sorted = measured.getOrDefault(one, List.of()).stream().mapToDouble(figure).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
