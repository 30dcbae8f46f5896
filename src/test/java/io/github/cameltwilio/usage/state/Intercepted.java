package io.github.cameltwilio.usage.state;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.concurrent.Callable;

import javax.sql.DataSource;

/** A real database whose calls pass through a test: those of the data source, its connections and their statements. */
final class Intercepted {

    private Intercepted() {
    }

    interface Interceptor {
        /** @param proceed makes the call */
        Object call(String method, Callable<Object> proceed) throws Exception;
    }

    static DataSource by(DataSource target, Interceptor interceptor) {
        return by(DataSource.class, target, interceptor);
    }

    private static <T> T by(Class<T> type, T target, Interceptor interceptor) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{ type }, (proxy, method, arguments) -> {
                    // A statement is closed by itself; only connections go back to a pool.
                    String name = target instanceof PreparedStatement && method.getName().equals("close")
                            ? "closeStatement" : method.getName();
                    Object result = interceptor.call(name, () -> {
                        try {
                            return method.invoke(target, arguments);
                        } catch (InvocationTargetException e) {
                            throw (Exception) e.getCause();
                        }
                    });
                    return result instanceof Connection connection
                            ? by(Connection.class, connection, interceptor)
                            : result instanceof PreparedStatement statement
                                    ? by(PreparedStatement.class, statement, interceptor)
                                    : result;
                }));
    }
}
