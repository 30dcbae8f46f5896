package io.github.cameltwilio.usage.build;

import io.github.cameltwilio.usage.state.MariaDb;
import org.junit.jupiter.api.Test;

/** Runs the statement for MariaDB that is printed in the docs. */
class MariaDbUpsertTest extends DeliveryPageTestSupport {

    @Test
    void upsertsIntoMariaDb() throws Exception {
        assertUpserts(MariaDb.start(), PAGE.block("sql", "on duplicate key"));
    }
}
