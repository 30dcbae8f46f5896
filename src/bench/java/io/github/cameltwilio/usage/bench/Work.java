package io.github.cameltwilio.usage.bench;

import java.net.URI;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What a worker does.
 *
 * @param server           address of the server, whose latency is the one that counts
 * @param warmUpServer     address of one without latency
 * @param warmUps          how often everything is read before it counts
 * @param parallelRequests for those who can
 * @param workMicros       what the route does with a record, in microseconds of a busy processor
 */
record Work(Contender contender, URI server, URI warmUpServer, int warmUps, LocalDate firstDay, LocalDate lastDay,
        int parallelRequests, long workMicros) {

    static Work of(String[] arguments) {
        return new Work(Contender.valueOf(arguments[0]), URI.create(arguments[1]), URI.create(arguments[2]),
                Integer.parseInt(arguments[3]), LocalDate.parse(arguments[4]), LocalDate.parse(arguments[5]),
                Integer.parseInt(arguments[6]), Long.parseLong(arguments[7]));
    }

    String[] arguments() {
        return List.of(contender, server, warmUpServer, warmUps, firstDay, lastDay, parallelRequests, workMicros).stream()
                .map(Object::toString).toArray(String[]::new);
    }

    /** The same reading, from the server without latency and without work. */
    Work warmUp() {
        return new Work(contender, warmUpServer, warmUpServer, 0, firstDay, lastDay, parallelRequests, 0);
    }

    long records() {
        return (ChronoUnit.DAYS.between(firstDay, lastDay) + 1) * UsageServer.RECORDS_A_DAY;
    }

    /** The first page, for those who build their requests by hand. */
    URI firstPage() {
        return server.resolve(Account.DAILY + "?StartDate=" + firstDay + "&EndDate=" + lastDay + "&PageSize=1000");
    }
}
