package io.github.cameltwilio.usage.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The medians of all measurements of a case, or NaN if the case did not finish. */
final class Results {
    private final Map<Case, List<Measurement>> measured = new HashMap<>();
    private final Map<Integer, BigDecimal> sums = new HashMap<>();
    private final Map<Contender, Integer> smallestHeaps = new EnumMap<>(Contender.class);

    /** Checks that no contender skipped anything: all records were read, and their prices have the expected sum. */
    void add(Case measuredCase, Measurement measurement) {
        int records = measuredCase.records();
        if (measurement.records() != records) {
            throw new IllegalStateException(
                    measuredCase + " read " + measurement.records() + " records, not " + records);
        }
        BigDecimal sum = sums.computeIfAbsent(measuredCase.days(), days -> measurement.sum());
        if (sum.compareTo(measurement.sum()) != 0) {
            throw new IllegalStateException(
                    measuredCase + " found prices of " + measurement.sum() + " in total, but the others found " + sum);
        }
        measured.computeIfAbsent(measuredCase, any -> new ArrayList<>()).add(measurement);
    }

    void smallestHeap(Case measuredCase) {
        smallestHeaps.put(measuredCase.contender(), measuredCase.heapMegabytes());
    }

    OptionalInt smallestHeap(Contender contender) {
        return smallestHeaps.containsKey(contender) ? OptionalInt.of(smallestHeaps.get(contender))
                : OptionalInt.empty();
    }

    double seconds(Case measuredCase) {
        return median(measuredCase, Results::seconds);
    }

    /** CPU time per record. */
    double cpuMicros(Case measuredCase) {
        return median(measuredCase, Results::cpuMicros);
    }

    /** Allocated bytes per record. */
    double bytes(Case measuredCase) {
        return median(measuredCase, Results::bytes);
    }

    double firstRecordMillis(Case measuredCase) {
        return median(measuredCase, measurement -> measurement.firstRecordNanos() / 1e6);
    }

    double requestsBeforeFirst(Case measuredCase) {
        return median(measuredCase, Measurement::requestsBeforeFirst);
    }

    double cpuRatio(Case measuredCase, Case reference) {
        return ratio(measuredCase, reference, Results::cpuMicros);
    }

    double bytesRatio(Case measuredCase, Case reference) {
        return ratio(measuredCase, reference, Results::bytes);
    }

    double secondsRatio(Case measuredCase, Case reference) {
        return ratio(measuredCase, reference, Results::seconds);
    }

    /** The median ratio of two cases in the same turn, which other load on the machine slows down alike. */
    private double ratio(Case measuredCase, Case reference, ToDoubleFunction<Measurement> figure) {
        List<Measurement> dividends = measured.getOrDefault(measuredCase, List.of());
        List<Measurement> divisors = measured.getOrDefault(reference, List.of());
        if (dividends.size() != divisors.size()) {
            return Double.NaN;
        }
        return median(IntStream.range(0, dividends.size()).mapToDouble(
                turn -> figure.applyAsDouble(dividends.get(turn)) / figure.applyAsDouble(divisors.get(turn))));
    }

    private double median(Case measuredCase, ToDoubleFunction<Measurement> figure) {
        return median(measured.getOrDefault(measuredCase, List.of()).stream().mapToDouble(figure));
    }

    private static double median(DoubleStream figures) {
        double[] sorted = figures.sorted().toArray();
        return sorted.length == 0 ? Double.NaN : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static double seconds(Measurement measurement) {
        return measurement.wallNanos() / 1e9;
    }

    private static double cpuMicros(Measurement measurement) {
        return measurement.cpuNanos() / 1e3 / measurement.records();
    }

    private static double bytes(Measurement measurement) {
        return (double) measurement.allocatedBytes() / measurement.records();
    }
}
