package io.github.cameltwilio.usage.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import javax.sql.DataSource;

/** State repositories that halt the JVM at a named crash point. */
public final class CrashingRepositories {

    private CrashingRepositories() {
    }

    /** Crashes at the given {@code Journal.Step}. At {@code WRITE}, half a line is in the file. */
    public static UsageStateRepository file(Path file, ReaderId owner, String crashPoint) {
        return new FileUsageStateRepository(file, owner, step -> {
            if (step.name().equals(crashPoint)) {
                if (step == Journal.Step.WRITE) {
                    appendHalfLine(file);
                }
                Runtime.getRuntime().halt(137);
            }
        });
    }

    /** Crashes {@code BEFORE_UPDATE}, {@code AFTER_UPDATE}, {@code BEFORE_COMMIT} or {@code AFTER_COMMIT}. */
    public static DataSource jdbc(DataSource dataSource, String crashPoint) {
        return Intercepted.by(dataSource, (method, proceed) -> {
            boolean update = method.equals("executeUpdate") || method.equals("executeBatch");
            if (update && crashPoint.equals("BEFORE_UPDATE")
                    || method.equals("commit") && crashPoint.equals("BEFORE_COMMIT")) {
                Runtime.getRuntime().halt(137);
            }
            Object result = proceed.call();
            if (update && crashPoint.equals("AFTER_UPDATE")
                    || method.equals("commit") && crashPoint.equals("AFTER_COMMIT")) {
                Runtime.getRuntime().halt(137);
            }
            return result;
        });
    }

    private static void appendHalfLine(Path file) {
        try {
            Files.writeString(file, "0badc0de deliv", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
