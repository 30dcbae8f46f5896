package io.github.cameltwilio.usage.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import javax.sql.DataSource;

import static io.github.cameltwilio.usage.state.JdbcDatabase.category;
import static io.github.cameltwilio.usage.state.JdbcDatabase.day;

/**
 * Keeps the state in a database, for any number of consumers. {@link #TABLES} creates its tables.
 *
 * <p>
 * Two nodes may run the same consumer for a while. Neither moves back what the other wrote, because each statement
 * compares before it writes. If both delivered a record with different values, the order of arrival is unknown: the
 * values are then stored as unknown, and the record is delivered again.
 */
public final class JdbcUsageStateRepository implements UsageStateRepository {
    /** The statements that create the tables, in SQL that all common databases accept. */
    public static final List<String> TABLES = List.of("""
            CREATE TABLE twilio_usage_position (
                reader VARCHAR(250) NOT NULL,
                first_day DATE NOT NULL,
                watermark DATE NOT NULL,
                known_from DATE NOT NULL,
                PRIMARY KEY (reader)
            )""", """
            CREATE TABLE twilio_usage_delivered (
                reader VARCHAR(250) NOT NULL,
                start_date DATE NOT NULL,
                category VARCHAR(100) NOT NULL,
                delivered VARCHAR(2000) NOT NULL,
                PRIMARY KEY (reader, start_date, category)
            )""");

    private static final String POSITION = "SELECT first_day, watermark, known_from FROM twilio_usage_position"
            + " WHERE reader = ?";
    private static final String ROW = " WHERE reader = ? AND start_date = ? AND category = ?";
    static final String SELECT = "SELECT delivered FROM twilio_usage_delivered" + ROW;
    private static final String SET = "UPDATE twilio_usage_delivered SET delivered = ?" + ROW;
    private static final String UPDATE = SET + " AND delivered IN (?, ?)";
    static final String INSERT = "INSERT INTO twilio_usage_delivered (delivered, reader, start_date, category)"
            + " VALUES (?, ?, ?, ?)";
    // All nodes lock rows in this order: transactions with different orders would wait for each other.
    private static final Comparator<UsageChange> ORDER = Comparator
            .comparing(UsageChange::key, Comparator.comparing(RecordKey::startDate).thenComparing(RecordKey::category));

    private final JdbcDatabase database;
    private volatile boolean hasJoinedTransaction;

    public JdbcUsageStateRepository(DataSource dataSource) {
        // Long enough for a busy database, and short enough for a health check.
        this(dataSource, 60);
    }

    JdbcUsageStateRepository(DataSource dataSource, int timeoutInSeconds) {
        this.database = new JdbcDatabase(dataSource, timeoutInSeconds);
    }

    @Override
    public Optional<Position> position(ReaderId reader) {
        return database.run("read the position", connection -> position(connection, POSITION, reader));
    }

    @Override
    public Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        Map<List<Object>, RecordKey> rows = new HashMap<>();
        keys.forEach(key -> rows.put(List.of(day(key.startDate()), category(key)), key));
        List<LocalDate> days = keys.stream().map(RecordKey::startDate).sorted(Comparator.naturalOrder()).toList();
        return database.run("read what was delivered", connection -> {
            Map<RecordKey, UsageValues> values = new HashMap<>();
            try (PreparedStatement select = database.prepared(connection, "SELECT start_date, category, delivered FROM"
                    + " twilio_usage_delivered WHERE reader = ? AND start_date BETWEEN ? AND ?", reader.toString(),
                    day(days.get(0)), day(days.get(days.size() - 1)));
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    RecordKey key = rows.get(List.of(row.getObject(1, LocalDate.class), row.getString(2)));
                    if (key != null) {
                        values.put(key, UsageValues.of(row.getString(3)));
                    }
                }
            }
            return values;
        });
    }

    @Override
    public Set<String> categories(ReaderId reader) {
        return database.run("read the categories", connection -> database.texts(connection,
                "SELECT DISTINCT category FROM twilio_usage_delivered WHERE reader = ?", reader.toString()));
    }

    @Override
    public void delivered(ReaderId reader, Collection<UsageChange> changes) {
        database.run("store what was delivered", connection -> {
            if (!storeTogether(connection, reader, changes)) {
                for (UsageChange change : changes) {
                    store(connection, reader, change);
                }
            }
            return null;
        });
    }

    /** Stores them in the transaction of the calling thread, which fails if another node has delivered any of them. */
    public void deliveredInTransaction(ReaderId reader, Collection<UsageChange> changes) {
        database.runInTransaction("store what was delivered", connection -> {
            if (!executeBatches(connection, reader, changes, false) || hasForgotten(connection, reader, changes)) {
                throw new SQLException("another node has stored other values in the meantime");
            }
            return null;
        });
        if (!hasJoinedTransaction) {
            checkTransaction(reader, changes.iterator().next());
        }
    }

    /**
     * Returns whether another node has forgotten one of these days, so that its row could be inserted: a node moves its
     * position before it deletes rows. The position is locked, because some isolation levels would show an earlier one.
     */
    private boolean hasForgotten(Connection connection, ReaderId reader, Collection<UsageChange> changes)
            throws SQLException {
        return position(connection, POSITION + " FOR UPDATE", reader).filter(stored -> changes.stream()
                .anyMatch(change -> stored.hasForgotten(day(change.key().startDate())))).isPresent();
    }

    /** A second connection of the transaction sees what the first one wrote; others without auto-commit do not. */
    private void checkTransaction(ReaderId reader, UsageChange written) {
        hasJoinedTransaction = database.runInTransaction("read what was delivered", connection -> database
                .texts(connection, SELECT, reader.toString(), day(written.key().startDate()),
                        category(written.key()))
                .contains(written.values().text()));
        if (!hasJoinedTransaction) {
            throw JdbcDatabase.noTransaction();
        }
    }

    @Override
    public void advance(ReaderId reader, Position to, LocalDate forgetBefore) {
        LocalDate knownFrom = day(forgetBefore);
        database.run("store the position", connection -> {
            Optional<Position> stored = position(connection, POSITION, reader);
            boolean inserted = stored.isEmpty() && database.insert(connection, "INSERT INTO twilio_usage_position"
                    + " (reader, first_day, watermark, known_from) VALUES (?, ?, ?, ?)", reader.toString(),
                    to.firstDay(), to.watermark(), to.forgetting(knownFrom).knownFrom());
            if (!inserted && (stored.isEmpty() || stored.get().watermark().isBefore(to.watermark()))) {
                database.update(connection,
                        "UPDATE twilio_usage_position SET watermark = ? WHERE reader = ? AND watermark < ?",
                        to.watermark(), reader.toString(), to.watermark());
            }
            if (stored.isEmpty() || stored.get().knownFrom().isBefore(knownFrom)) {
                // In this order, so that no other node reads days whose values are gone.
                database.update(connection,
                        "UPDATE twilio_usage_position SET known_from = ? WHERE reader = ? AND known_from < ?",
                        knownFrom, reader.toString(), knownFrom);
                database.update(connection, "DELETE FROM twilio_usage_delivered WHERE reader = ? AND start_date < ?",
                        reader.toString(), knownFrom);
            }
            return null;
        });
    }

    @Override
    public void rewind(ReaderId reader, Position position) {
        database.run("move the position back", connection -> database.update(connection,
                "UPDATE twilio_usage_position SET first_day = ?, watermark = ?, known_from = ? WHERE reader = ?",
                position.firstDay(), position.watermark(), position.knownFrom(), reader.toString()));
    }

    private Optional<Position> position(Connection connection, String select, ReaderId reader) throws SQLException {
        try (PreparedStatement statement = database.prepared(connection, select, reader.toString());
                ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? Optional.of(new Position(row.getObject(1, LocalDate.class), row.getObject(2, LocalDate.class),
                            row.getObject(3, LocalDate.class)))
                    : Optional.empty();
        }
    }

    /**
     * Stores all changes in one transaction, with one batch of each statement.
     *
     * @return false if another node wrote to one of the rows, so that nothing was stored
     */
    private boolean storeTogether(Connection connection, ReaderId reader, Collection<UsageChange> changes)
            throws SQLException {
        connection.setAutoCommit(false);
        try {
            if (!executeBatches(connection, reader, changes, true)) {
                return false;
            }
            connection.commit();
            return true;
        } catch (SQLException e) {
            if (JdbcDatabase.isConflict(e)) {
                return false;
            }
            throw e;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /**
     * Executes one batch of each statement.
     *
     * @param  retried whether the rows may have these values already, from a transaction whose outcome is unknown
     * @return          false if a row to be updated does not exist or has other values
     */
    private boolean executeBatches(Connection connection, ReaderId reader, Collection<UsageChange> changes,
                                   boolean retried)
            throws SQLException {
        try (PreparedStatement update = database.prepared(connection, UPDATE);
                PreparedStatement insert = database.prepared(connection, INSERT)) {
            int updates = 0;
            int inserts = 0;
            for (UsageChange change : changes.stream().sorted(ORDER).toList()) {
                if (change.isUpdate()) {
                    JdbcDatabase.set(update, updateValues(reader, change, retried));
                    update.addBatch();
                    updates++;
                } else {
                    JdbcDatabase.set(insert, insertValues(reader, change));
                    insert.addBatch();
                    inserts++;
                }
            }
            if (updates > 0 && Arrays.stream(update.executeBatch()).anyMatch(rows -> rows != 1)) {
                return false;
            }
            if (inserts > 0) {
                insert.executeBatch();
            }
            return true;
        }
    }

    private static Object[] updateValues(ReaderId reader, UsageChange change, boolean retried) {
        String values = change.values().text();
        String previous = change.previous().map(UsageValues::text).orElse(values);
        return new Object[]{ values, reader.toString(), day(change.key().startDate()),
                category(change.key()),
                previous, retried ? values : previous };
    }

    private static Object[] insertValues(ReaderId reader, UsageChange change) {
        return new Object[]{ change.values().text(), reader.toString(), day(change.key().startDate()),
                category(change.key()) };
    }

    /** Stores a change without a transaction, in which a conflict would undo the statements before it. */
    private void store(Connection connection, ReaderId reader, UsageChange change) throws SQLException {
        if (database.update(connection, UPDATE, updateValues(reader, change, true)) == 0
                && !database.insert(connection, INSERT, insertValues(reader, change))) {
            // A row with the same values is not a conflict: some drivers do not count it as updated.
            database.update(connection, SET + " AND delivered <> ?", UsageValues.UNKNOWN.text(), reader.toString(),
                    day(change.key().startDate()), category(change.key()),
                    change.values().text());
        }
    }

    /**
     * Returns an ID of the database, the same for all of its connection pools. It is stored when it is first requested.
     *
     * @throws IllegalStateException if the database cannot be read, or has no ID and cannot be written
     */
    public String databaseId() {
        return database.id();
    }

    /** Two repositories of one data source are one store, which two consumers of one process must not share. */
    @Override
    public boolean equals(Object other) {
        return other instanceof JdbcUsageStateRepository repository
                && repository.database.dataSource().equals(database.dataSource());
    }

    @Override
    public int hashCode() {
        return database.dataSource().hashCode();
    }
}
