package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.state.DatabaseServer;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.apache.camel.test.AvailablePortFinder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is delivered again when PostgreSQL is restarted, or replaced by a standby that lags behind. */
@Tag("slow")
class DatabaseFailoverTest extends TwilioUsageTestSupport {
    private static final String URI = "twilio-usage:records?subresource=daily&startScheduler=false"
            + "&stateRepository=#usageState";
    private static final int RECORDS = 8;
    private static final int CORRECTIONS = 3;

    @TempDir
    private Path directory;

    private final int port = AvailablePortFinder.getNextAvailable();
    private final AtomicInteger deliveries = new AtomicInteger();
    private DatabaseServer server;
    private DataSource database;

    @BeforeEach
    void createTables() throws Exception {
        startServer("primary");
        database = server.dataSource();
        server.createTables();
        server.execute("create table usage_rows (record_key varchar(200))");
        context.getRegistry().bind("billing", database);
        context.getRegistry().bind("required",
                new SpringTransactionPolicy(new DataSourceTransactionManager(database)));
    }

    @AfterEach
    void stopServer() throws Exception {
        server.close();
    }

    @Test
    void deliversAgainOnlyWhatTheStandbyLacks() throws Exception {
        context.getRegistry().bind("usageState", new JdbcUsageStateRepository(database));
        start(URI, "log:usage");

        failOverAfterRestarts();

        assertThat(deliveries).hasValue(RECORDS + CORRECTIONS + CORRECTIONS);
    }

    @Test
    void hasEachRowOnceOnTheStandbyWithOneTransaction() throws Exception {
        context.getRegistry().bind("usageState",
                new JdbcUsageStateRepository(new TransactionAwareDataSourceProxy(database)));
        start(URI + "&transactedPolicy=#required",
                "sql:insert into usage_rows values (:#recordKey)?dataSource=#billing");

        failOverAfterRestarts();

        assertThat(new JdbcTemplate(database).queryForObject("select count(*) from usage_rows", Integer.class))
                .isEqualTo(RECORDS + CORRECTIONS);
    }

    private void failOverAfterRestarts() throws Exception {
        assertThat(poll()).isEqualTo(RECORDS);
        server.close();
        FileSystemUtils.copyRecursively(directory.resolve("primary"), directory.resolve("standby"));
        // PostgreSQL rejects data that others may read.
        Files.setPosixFilePermissions(directory.resolve("standby"), PosixFilePermissions.fromString("rwx------"));
        startServer("primary");
        assertThat(poll()).as("a restart repeats nothing").isZero();

        correct();
        assertThat(poll()).isEqualTo(CORRECTIONS);
        server.close();
        assertThatThrownBy(this::poll).as("while the server is down").hasMessageContaining("could not");
        startServer("primary");
        assertThat(poll()).as("a restart repeats nothing").isZero();

        server.close();
        startServer("standby");
        assertThat(poll()).as("the standby lacks the corrections").isEqualTo(CORRECTIONS);
        assertThat(poll()).isZero();
    }

    private void correct() {
        LocalDate today = clock.today();
        for (int day = 1; day <= CORRECTIONS; day++) {
            simulator().correct(today.minusDays(day), "sms", new BigDecimal("2"));
        }
    }

    private void start(String uri, String sink) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri).routeId("usage").to(sink).process(exchange -> deliveries.incrementAndGet());
            }
        });
    }

    private void startServer(String data) throws Exception {
        server = DatabaseServer.postgres(directory.resolve(data), port);
    }
}
