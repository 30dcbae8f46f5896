package io.github.cameltwilio.usage.build;

import io.github.cameltwilio.usage.state.DatabaseServer;
import io.github.cameltwilio.usage.state.MariaDb;
import org.junit.jupiter.api.Test;

/** Runs the statement for MariaDB that is printed in the docs. */
class MariaDbUpsertTest extends DeliveryPageTest {

    @Test
    void upsertsIntoMariaDb() throws Exception {
        try (DatabaseServer mariaDb = MariaDb.start()) {
            assertUpserts(mariaDb, Markdown.page("docs/delivery.md").block("sql", "on duplicate key"));
        }
    }
}
