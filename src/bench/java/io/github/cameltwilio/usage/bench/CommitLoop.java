package io.github.cameltwilio.usage.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The baseline with an {@code INSERT} and a {@code COMMIT} per record: the least that a state per record costs. */
final class CommitLoop extends Baseline {
    private final Database database;

    CommitLoop(Work work) {
        super(work);
        database = new Database(work.database());
    }

    @Override
    public void prepare(Sink next) throws Exception {
        super.prepare(next);
        database.clear();
    }

    @Override
    void accept(UsageRow row) {
        try (Connection connection = database.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO twilio_usage_delivered"
                    + " (delivered, reader, start_date, category) VALUES (?, ?, ?, ?)")) {
                insert.setString(1, row.count() + "|" + row.usage() + "|" + row.price());
                insert.setString(2, row.accountSid());
                insert.setObject(3, row.startDate());
                insert.setString(4, row.category());
                insert.executeUpdate();
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        super.accept(row);
    }

    @Override
    public void close() throws IOException {
        database.close();
        super.close();
    }
}
