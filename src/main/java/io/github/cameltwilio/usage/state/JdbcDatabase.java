package io.github.cameltwilio.usage.state;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

import javax.sql.DataSource;

/** Runs statements against a database that may be slow, locked, read-only or restarted. */
record JdbcDatabase(DataSource dataSource, int timeoutInSeconds) {
    // All common databases store these dates, but neither LocalDate.MAX (no date) nor LocalDate.MIN (forgets nothing).
    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);
    private static final Pattern PLAIN_CATEGORY = Pattern.compile("[\\w-]{1,100}");
    // Reader, start date and category of the row with the ID of the database.
    private static final Object[] ID_ROW = { "database", LocalDate.EPOCH, "id" };

    /** A connection that was cut, for example by a restart of the database, is replaced once. */
    <T> T run(String action, Work<T> work) {
        try {
            try (Connection connection = dataSource.getConnection()) {
                try {
                    return withAutoCommit(connection, work);
                } catch (SQLException e) {
                    if (connection.isValid(timeoutInSeconds)) {
                        throw e;
                    }
                }
            }
            try (Connection connection = dataSource.getConnection()) {
                return withAutoCommit(connection, work);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The database could not " + action + ": " + e.getMessage() + hint(e), e);
        }
    }

    /** Leaves the commit to the owner of the transaction. */
    <T> T runInTransaction(String action, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            if (connection.getAutoCommit()) {
                throw noTransaction();
            }
            return work.with(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("The database could not " + action + ": " + e.getMessage() + hint(e), e);
        }
    }

    /** Returns the ID that is stored in a row of its own. */
    String id() {
        return run("read or store its ID", connection -> {
            String id = id(connection);
            if (id == null) {
                insert(connection, JdbcUsageStateRepository.INSERT, UUID.randomUUID().toString(), ID_ROW[0], ID_ROW[1],
                        ID_ROW[2]);
                // Another node may have been faster.
                id = id(connection);
            }
            return id;
        });
    }

    private String id(Connection connection) throws SQLException {
        return texts(connection, JdbcUsageStateRepository.SELECT, ID_ROW).stream().findFirst().orElse(null);
    }

    static IllegalStateException noTransaction() {
        return new IllegalStateException("The DataSource of JdbcUsageStateRepository takes no part in the transaction"
                + " of the route. With Spring's transactions, wrap the DataSource of the transaction manager in a"
                + " TransactionAwareDataSourceProxy");
    }

    private static <T> T withAutoCommit(Connection connection, Work<T> work) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        try {
            return work.with(connection);
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    private String hint(SQLException e) {
        if (e instanceof SQLTimeoutException || hasState(e, "57014") || hasState(e, "HYT00")
                || hasState(e, "70100")) {
            return ". The statement waited for up to " + timeoutInSeconds + " seconds: does another session lock a"
                    + " table of JdbcUsageStateRepository.TABLES?";
        }
        if (hasState(e, "25006") || hasState(e, "90097")) {
            return ". The database is read-only: is it a standby, or is its disk full?";
        }
        return hasState(e, "42") ? ". Do the tables of JdbcUsageStateRepository.TABLES exist, with all columns?" : "";
    }

    private static boolean hasState(SQLException failure, String prefix) {
        for (SQLException e = failure; e != null; e = e.getNextException()) {
            if (e.getSQLState() != null && e.getSQLState().startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /** @return false if the row exists already */
    boolean insert(Connection connection, String sql, Object... values) throws SQLException {
        try {
            update(connection, sql, values);
            return true;
        } catch (SQLException e) {
            if (hasState(e, "23")) {
                return false;
            }
            throw e;
        }
    }

    int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** Returns the first column of all rows. */
    Set<String> texts(Connection connection, String sql, Object... values) throws SQLException {
        Set<String> texts = new HashSet<>();
        try (PreparedStatement select = prepared(connection, sql, values); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            statement.setQueryTimeout(timeoutInSeconds);
            set(statement, values);
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    /** Returns whether another node wrote the same row, or a transaction was rolled back because of another one. */
    static boolean isConflict(SQLException e) {
        return hasState(e, "23") || hasState(e, "40");
    }

    /** Returns the nearest day that all common databases store. */
    static LocalDate day(LocalDate date) {
        return date.isAfter(LAST_DAY) ? LAST_DAY : date.isBefore(FIRST_DAY) ? FIRST_DAY : date;
    }

    /** A name that may be too long for the column, or that a collation may confuse with another, is stored hashed. */
    static String category(RecordKey key) {
        return PLAIN_CATEGORY.matcher(key.category()).matches() ? key.category()
                : "uuid:" + UUID.nameUUIDFromBytes(key.category().getBytes(StandardCharsets.UTF_8));
    }
}
