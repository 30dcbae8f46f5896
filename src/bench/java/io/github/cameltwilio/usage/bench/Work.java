package io.github.cameltwilio.usage.bench;

import java.net.URI;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * The task of a worker.
 *
 * @param server           the address of the server
 * @param database         the URL of a PostgreSQL, for contenders that use one
 * @param latencyMillis    how long the server waits before each measured response
 * @param warmUpSeconds    how long the worker reads before its first measurement
 * @param parallelRequests for contenders that support it
 * @param workMicros       how long the route keeps the CPU busy with each record
 */
record Work(Contender contender, URI server, String database, int latencyMillis, int warmUpSeconds, LocalDate firstDay,
        LocalDate lastDay,
        int parallelRequests, int workMicros) {

    static Work of(String[] arguments) {
        return new Work(Contender.valueOf(arguments[0]), URI.create(arguments[1]), arguments[2],
                Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]),
                LocalDate.parse(arguments[5]), LocalDate.parse(arguments[6]), Integer.parseInt(arguments[7]),
                Integer.parseInt(arguments[8]));
    }

    String[] arguments() {
        return Stream.of(contender, server, database, latencyMillis, warmUpSeconds, firstDay, lastDay,
                parallelRequests, workMicros).map(Object::toString).toArray(String[]::new);
    }

    long records() {
        return (ChronoUnit.DAYS.between(firstDay, lastDay) + 1) * UsageServer.RECORDS_PER_DAY;
    }

    /** The address of the first page, for contenders that build their requests themselves. */
    URI firstPage() {
        return server
                .resolve(BenchmarkAccount.DAILY + "?StartDate=" + firstDay + "&EndDate=" + lastDay + "&PageSize=1000");
    }
}
