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
 * Keeps the position in a database, for any number of consumers. {@link #TABLES} makes its tables.
 *
 * <p>
 * Two nodes may have the same consumer for a while. Nothing that one wrote is moved back by the other: a statement
 * compares before it writes. Where both delivered a record, with different values, nobody knows which of them arrived
 * last: then the values count as unknown, and the record is delivered again.
 */
public final class JdbcUsageStateRepository implements UsageStateRepository {
    /** The statements that make the tables, in SQL that every common database understands. */
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

    // What databases take for a date lies between these. LocalDate.MAX, the day of a record without one, and LocalDate.MIN,
    // for nothing to forget, lie far outside.
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
                Map<String, UsageValues> ofDay = ofDay(connection, reader, day.getKey());
                day.getValue().stream().filter(key -> ofDay.containsKey(key.category()))
                        .forEach(key -> values.put(key, ofDay.get(key.category())));
            }
            return values;
        });
    }

    @Override
    public void delivered(ReaderId reader, Collection<Delivered> records) {
        inDatabase("remember what was delivered", connection -> {
            for (Delivered one : records) {
                remember(connection, reader, one);
            }
            return null;
        });
    }

    @Override
    public void advance(ReaderId reader, Position to, LocalDate forgetBefore) {
        inDatabase("remember the position", connection -> {
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

    private static Optional<Position> position(Connection connection, ReaderId reader) throws SQLException {
        try (PreparedStatement select = prepared(connection,
                "SELECT first_day, watermark FROM twilio_usage_position WHERE reader = ?", column(reader));
                ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? Optional.of(new Position(rows.getObject(1, LocalDate.class), rows.getObject(2, LocalDate.class)))
                    : Optional.empty();
        }
    }

    private static Map<String, UsageValues> ofDay(Connection connection, ReaderId reader, LocalDate startDate)
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

    private static void remember(Connection connection, ReaderId reader, Delivered one) throws SQLException {
        String values = one.values().text();
        String expected = one.previous().map(UsageValues::text).orElse(values);
        LocalDate day = day(one.key().startDate());
        String category = one.key().category();
        int asExpected = update(connection, "UPDATE twilio_usage_delivered SET delivered = ?"
                + " WHERE reader = ? AND start_date = ? AND category = ? AND delivered IN (?, ?)",
                values, column(reader), day, category, expected, values);
        if (asExpected == 0 && !insert(connection,
                "INSERT INTO twilio_usage_delivered (reader, start_date, category, delivered) VALUES (?, ?, ?, ?)",
                column(reader), day, category, values)) {
            update(connection, "UPDATE twilio_usage_delivered SET delivered = ?"
                    + " WHERE reader = ? AND start_date = ? AND category = ?",
                    UsageValues.UNKNOWN.text(), column(reader), day, category);
        }
    }

    /** Whether there was no such row. */
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
            for (int at = 0; at < values.length; at++) {
                statement.setObject(at + 1, values[at]);
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

    private <T> T inDatabase(String what, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            // Each statement stands for itself, and one that meets another node's row must not undo those before it.
            connection.setAutoCommit(true);
            return work.with(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("The database could not " + what + " (are the tables there that"
                    + " JdbcUsageStateRepository.TABLES makes?): " + e.getMessage(), e);
        }
    }

    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }
}
