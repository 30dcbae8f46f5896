package io.github.cameltwilio.usage.bench;

import java.util.List;
import java.util.stream.Stream;

import static io.github.cameltwilio.usage.bench.Contender.FLOOR;
import static io.github.cameltwilio.usage.bench.Contender.TWILIO_USAGE_CONSUMER;
import static io.github.cameltwilio.usage.bench.Contender.TWILIO_USAGE_PRODUCER;

/**
 * What is measured, and how often.
 *
 * @param days      how many days of records everybody reads
 * @param manyDays  how many the component reads to show that its memory does not grow
 * @param latencies milliseconds before each answer: none, then some, then a lot
 * @param fast      where there is no latency: all is compiled before it counts
 * @param slow      where the processor is not all that is waited for
 * @param large     where there are so many records: other work of the machine must not decide
 * @param heaps     megabytes to try, from small to large
 */
record Plan(int days, int manyDays, List<Integer> latencies, Effort fast, Effort slow, Effort large,
        List<Integer> heaps) {
    static final Plan FULL = new Plan(365, 3650, List.of(0, 50, 150), new Effort(3, 30, 7), new Effort(3, 3, 1),
            new Effort(4, 3, 3), List.of(16, 24, 32, 48, 64, 96, 128, 256));
    static final Plan SMOKE = new Plan(7, 14, List.of(0), Effort.ONCE, Effort.ONCE, Effort.ONCE, List.of());

    static final List<Contender> COMPONENT = List.of(TWILIO_USAGE_PRODUCER, TWILIO_USAGE_CONSUMER);
    static final List<Integer> REQUESTS = List.of(4, 8);
    static final int PARALLEL_MEGABYTES = 48;
    static final int WORK_MICROS = 50;
    static final int FEW_MEGABYTES = 32;

    int someLatency() {
        return latencies.get(latencies.size() / 2);
    }

    int muchLatency() {
        return latencies.get(latencies.size() - 1);
    }

    Case of(Contender contender, int latency) {
        return Case.of(contender, days).latency(latency);
    }

    /** The same work with much latency and little memory, and so many requests at once. */
    Case parallel(Contender contender, int requests) {
        return of(contender, muchLatency()).parallel(requests).heap(PARALLEL_MEGABYTES);
    }

    /** A route that takes its time for each record. */
    Case working(Contender contender) {
        return of(contender, someLatency()).work(WORK_MICROS);
    }

    Case many(Contender contender) {
        return Case.of(contender, manyDays);
    }

    Stream<Case> everybody(int latency) {
        return Stream.of(Contender.values()).map(contender -> of(contender, latency));
    }

    Stream<Case> parallel() {
        return REQUESTS.stream()
                .flatMap(requests -> COMPONENT.stream().map(contender -> parallel(contender, requests)));
    }

    Stream<Case> working() {
        return Stream.concat(Stream.of(FLOOR), COMPONENT.stream()).map(this::working);
    }

    Stream<Case> many() {
        return COMPONENT.stream().map(this::many).flatMap(one -> Stream.of(one, one.heap(FEW_MEGABYTES)));
    }
}
