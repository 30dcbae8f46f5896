package io.github.cameltwilio.usage.bench;

import java.net.URI;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * What a worker does.
 *
 * @param server           its address
 * @param latencyMillis    how long it waits before each answer that counts
 * @param warmUpSeconds    how long it reads everything again and again before it counts
 * @param parallelRequests for those who can
 * @param workMicros       what the route does with a record, in microseconds of a busy processor
 */
record Work(Contender contender, URI server, int latencyMillis, int warmUpSeconds, LocalDate firstDay,
        LocalDate lastDay,
        int parallelRequests, int workMicros) {

    static Work of(String[] arguments) {
        return new Work(Contender.valueOf(arguments[0]), URI.create(arguments[1]),
                Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]),
                LocalDate.parse(arguments[4]), LocalDate.parse(arguments[5]), Integer.parseInt(arguments[6]),
                Integer.parseInt(arguments[7]));
    }

    String[] arguments() {
        return Stream.of(contender, server, latencyMillis, warmUpSeconds, firstDay, lastDay,
                parallelRequests, workMicros).map(Object::toString).toArray(String[]::new);
    }

    long records() {
        return (ChronoUnit.DAYS.between(firstDay, lastDay) + 1) * UsageServer.RECORDS_A_DAY;
    }

    /** The first page, for those who build their requests by hand. */
    URI firstPage() {
        return server.resolve(Account.DAILY + "?StartDate=" + firstDay + "&EndDate=" + lastDay + "&PageSize=1000");
    }
}
