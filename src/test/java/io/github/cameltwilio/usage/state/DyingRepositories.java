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

/** Homes of state in which the process dies at a moment with a name. */
public final class DyingRepositories {

    private DyingRepositories() {
    }

    /** Dies at this step of the journal; at the write with half of a line in the file. */
    public static UsageStateRepository file(Path file, ReaderId owner, String step) {
        return new FileUsageStateRepository(file, owner, passed -> {
            if (passed.name().equals(step)) {
                if (passed == Journal.Step.WRITE) {
                    appendHalfALine(file);
                }
                Runtime.getRuntime().halt(137);
            }
        });
    }

    /** Dies {@code BEFORE_UPDATE} or {@code AFTER_UPDATE}. */
    public static UsageStateRepository jdbc(DataSource database, String moment) {
        return new JdbcUsageStateRepository(around(DataSource.class, database, moment));
    }

    private static void appendHalfALine(Path file) {
        try {
            Files.writeString(file, "0badc0de deliv", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T around(Class<T> type, T real, String moment) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{ type }, (proxy, method, arguments) -> {
                    boolean update = method.getName().equals("executeUpdate");
                    if (update && moment.equals("BEFORE_UPDATE")) {
                        Runtime.getRuntime().halt(137);
                    }
                    try {
                        Object answer = method.invoke(real, arguments);
                        if (update && moment.equals("AFTER_UPDATE")) {
                            Runtime.getRuntime().halt(137);
                        }
                        return answer instanceof Connection connection ? around(Connection.class, connection, moment)
                                : answer instanceof PreparedStatement statement
                                        ? around(PreparedStatement.class, statement, moment)
                                        : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
