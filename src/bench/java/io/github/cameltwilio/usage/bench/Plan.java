package io.github.cameltwilio.usage.bench;

import java.util.List;
import java.util.stream.Stream;

import static io.github.cameltwilio.usage.bench.Contender.BASELINE;
import static io.github.cameltwilio.usage.bench.Contender.STATE_FILE;
import static io.github.cameltwilio.usage.bench.Contender.STATE_TABLE_LISTS;
import static io.github.cameltwilio.usage.bench.Contender.TWILIO_USAGE_CONSUMER;
import static io.github.cameltwilio.usage.bench.Contender.TWILIO_USAGE_PRODUCER;

/**
 * The cases to measure, and how often. The whole plan takes about 40 minutes.
 *
 * @param days         the days of records that each contender reads
 * @param manyDays     the days that the component reads to show that its memory does not grow
 * @param latencies    milliseconds before each response: none, some, and high
 * @param cpu          without latency, where the JVMs differ most: each may be compiled differently
 * @param latency      with latency or work, where most of the time is spent waiting and the spread is small
 * @param highLatency  with high latency, where a reading takes long and the spread is smallest
 * @param largeHistory for a large history, where a pause of the garbage collector must not decide
 * @param rows         for contenders that write a row per record, each of which takes a minute
 * @param committedDays the days that are committed record by record
 * @param heaps        the heap sizes to try in MB, ascending
 */
record Plan(int days, int manyDays, List<Integer> latencies, Effort cpu, Effort latency, Effort highLatency,
        Effort largeHistory, Effort rows, int committedDays, List<Integer> heaps) {
    static final Plan FULL = new Plan(365, 3650, List.of(0, 50, 150), new Effort(3, 14, 5), new Effort(1, 3, 3),
            new Effort(1, 3, 2), new Effort(2, 3, 3), Effort.ONCE, 30,
            List.of(16, 24, 32, 48, 64, 256));
    static final Plan SMOKE = new Plan(7, 14, List.of(0), Effort.ONCE, Effort.ONCE, Effort.ONCE, Effort.ONCE,
            Effort.ONCE, 1, List.of());

    static final List<Contender> COMPONENT = List.of(TWILIO_USAGE_PRODUCER, TWILIO_USAGE_CONSUMER);
    static final List<Integer> REQUESTS = List.of(4, 8);
    static final int PARALLEL_MEGABYTES = 48;
    static final int WORK_MICROS = 50;
    static final int SMALL_HEAP_MEGABYTES = 64;

    int mediumLatencyMillis() {
        return latencies.get(latencies.size() / 2);
    }

    int highLatencyMillis() {
        return latencies.get(latencies.size() - 1);
    }

    Effort effort(int latencyMillis) {
        if (latencyMillis == 0) {
            return cpu;
        }
        return latencyMillis == highLatencyMillis() ? highLatency : latency;
    }

    Case of(Contender contender, int latency) {
        return Case.of(contender, days).latency(latency);
    }

    /** The same records with high latency, a small heap and parallel requests. */
    Case parallel(Contender contender, int requests) {
        return of(contender, highLatencyMillis()).parallel(requests).heap(PARALLEL_MEGABYTES);
    }

    /** A route that works on each record. */
    Case working(Contender contender) {
        return of(contender, mediumLatencyMillis()).work(WORK_MICROS);
    }

    Case largeHistory(Contender contender) {
        return Case.of(contender, manyDays);
    }

    Stream<Case> readers(int latency) {
        return Contender.readers().map(contender -> of(contender, latency));
    }

    /** The consumer, with a position in memory first, and then with one that lasts. */
    Stream<Case> stores() {
        return Stream.of(TWILIO_USAGE_CONSUMER, STATE_FILE, STATE_TABLE_LISTS).map(contender -> of(contender, 0));
    }

    /** One transaction per record. */
    Case committing(Contender contender) {
        return Case.of(contender, committedDays);
    }

    /** The same records with high latency, into a table. */
    Case rows(Contender contender) {
        return of(contender, highLatencyMillis()).parallel(REQUESTS.get(0));
    }

    Stream<Case> parallel() {
        return REQUESTS.stream()
                .flatMap(requests -> COMPONENT.stream().map(contender -> parallel(contender, requests)));
    }

    Stream<Case> working() {
        return Stream.concat(Stream.of(BASELINE), COMPONENT.stream()).map(this::working);
    }

    Stream<Case> largeHistories() {
        return COMPONENT.stream().map(this::largeHistory)
                .flatMap(history -> Stream.of(history, history.heap(SMALL_HEAP_MEGABYTES)));
    }
}
