package io.github.cameltwilio.usage.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;

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

    /** Crashes {@code BEFORE_UPDATE} or {@code AFTER_UPDATE}. */
    public static UsageStateRepository jdbc(DataSource dataSource, String crashPoint) {
        return new JdbcUsageStateRepository(intercept(DataSource.class, dataSource, crashPoint));
    }

    private static void appendHalfLine(Path file) {
        try {
            Files.writeString(file, "0badc0de deliv", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T intercept(Class<T> type, T target, String crashPoint) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{ type }, (proxy, method, arguments) -> {
                    boolean update = method.getName().equals("executeUpdate");
                    if (update && crashPoint.equals("BEFORE_UPDATE")) {
                        Runtime.getRuntime().halt(137);
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        if (update && crashPoint.equals("AFTER_UPDATE")) {
                            Runtime.getRuntime().halt(137);
                        }
                        return result instanceof Connection connection
                                ? intercept(Connection.class, connection, crashPoint)
                                : result instanceof PreparedStatement statement
                                        ? intercept(PreparedStatement.class, statement, crashPoint)
                                        : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
