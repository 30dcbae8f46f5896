package io.github.cameltwilio.usage.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.sql.DataSource;

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
                PRIMARY KEY (reader)
            )""", """
            CREATE TABLE twilio_usage_delivered (
                reader VARCHAR(250) NOT NULL,
                start_date DATE NOT NULL,
                category VARCHAR(100) NOT NULL,
                delivered VARCHAR(500) NOT NULL,
                PRIMARY KEY (reader, start_date, category)
            )""");

    // All common databases store dates in this range. LocalDate.MAX, the key of a record without a date, and
    // LocalDate.MIN, which forgets nothing, are far outside of it.
    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

    private final DataSource dataSource;

    public JdbcUsageStateRepository(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public Optional<Position> position(ReaderId reader) {
        return inDatabase("read the position", connection -> position(connection, reader));
    }

    @Override
    public Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
        Map<LocalDate, List<RecordKey>> byDay = keys.stream().collect(Collectors.groupingBy(RecordKey::startDate));
        return inDatabase("read what was delivered", connection -> {
            Map<RecordKey, UsageValues> values = new HashMap<>();
            for (Map.Entry<LocalDate, List<RecordKey>> day : byDay.entrySet()) {
                Map<String, UsageValues> byCategory = deliveredOn(connection, reader, day.getKey());
                day.getValue().stream().filter(key -> byCategory.containsKey(key.category()))
                        .forEach(key -> values.put(key, byCategory.get(key.category())));
            }
            return values;
        });
    }

    @Override
    public void delivered(ReaderId reader, Collection<UsageChange> changes) {
        inDatabase("store what was delivered", connection -> {
            for (UsageChange change : changes) {
                store(connection, reader, change);
            }
            return null;
        });
    }

    @Override
    public void advance(ReaderId reader, Position to, LocalDate forgetBefore) {
        inDatabase("store the position", connection -> {
            if (position(connection, reader).isPresent() || !insert(connection,
                    "INSERT INTO twilio_usage_position (reader, first_day, watermark) VALUES (?, ?, ?)",
                    column(reader), to.firstDay(), to.watermark())) {
                update(connection, "UPDATE twilio_usage_position SET watermark = ? WHERE reader = ? AND watermark < ?",
                        to.watermark(), column(reader), to.watermark());
            }
            update(connection, "DELETE FROM twilio_usage_delivered WHERE reader = ? AND start_date < ?", column(reader),
                    day(forgetBefore));
            return null;
        });
    }

    @Override
    public void rewind(ReaderId reader, Position position) {
        inDatabase("move the position back", connection -> update(connection,
                "UPDATE twilio_usage_position SET first_day = ?, watermark = ? WHERE reader = ?", position.firstDay(),
                position.watermark(), column(reader)));
    }

    private static Optional<Position> position(Connection connection, ReaderId reader) throws SQLException {
        try (PreparedStatement select = prepared(connection,
                "SELECT first_day, watermark FROM twilio_usage_position WHERE reader = ?", column(reader));
                ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? Optional.of(new Position(rows.getObject(1, LocalDate.class), rows.getObject(2, LocalDate.class)))
                    : Optional.empty();
        }
    }

    private static Map<String, UsageValues> deliveredOn(Connection connection, ReaderId reader, LocalDate startDate)
            throws SQLException {
        Map<String, UsageValues> values = new HashMap<>();
        try (PreparedStatement select = prepared(connection,
                "SELECT category, delivered FROM twilio_usage_delivered WHERE reader = ? AND start_date = ?",
                column(reader),
                day(startDate));
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                values.put(rows.getString(1), UsageValues.of(rows.getString(2)));
            }
        }
        return values;
    }

    private static void store(Connection connection, ReaderId reader, UsageChange change) throws SQLException {
        String values = change.values().text();
        String expected = change.previous().map(UsageValues::text).orElse(values);
        LocalDate day = day(change.key().startDate());
        String category = change.key().category();
        int updated = update(connection, "UPDATE twilio_usage_delivered SET delivered = ?"
                + " WHERE reader = ? AND start_date = ? AND category = ? AND delivered IN (?, ?)",
                values, column(reader), day, category, expected, values);
        if (updated == 0 && !insert(connection,
                "INSERT INTO twilio_usage_delivered (reader, start_date, category, delivered) VALUES (?, ?, ?, ?)",
                column(reader), day, category, values)) {
            update(connection, "UPDATE twilio_usage_delivered SET delivered = ?"
                    + " WHERE reader = ? AND start_date = ? AND category = ?",
                    UsageValues.UNKNOWN.text(), column(reader), day, category);
        }
    }

    /** @return false if the row exists already */
    private static boolean insert(Connection connection, String sql, Object... values) throws SQLException {
        try {
            update(connection, sql, values);
            return true;
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith("23")) {
                return false;
            }
            throw e;
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private static LocalDate day(LocalDate date) {
        return date.isAfter(LAST_DAY) ? LAST_DAY : date.isBefore(FIRST_DAY) ? FIRST_DAY : date;
    }

    private static String column(ReaderId reader) {
        return reader.toString();
    }

    private <T> T inDatabase(String action, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            // In a transaction, a conflict with another node's row would also undo the statements before it.
            connection.setAutoCommit(true);
            return work.with(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("The database could not " + action + " (do the tables of"
                    + " JdbcUsageStateRepository.TABLES exist?): " + e.getMessage(), e);
        }
    }

    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }
}
