package io.github.cameltwilio.usage;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.DatabaseServer;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class SmallHeapTest {
    private static final int CATEGORIES = 100;
    private static final int DAYS = 1000;

    @Test
    void deliversAHundredThousandRecordsInASmallHeap() {
        assertDeliversAll("", "");
    }

    @Test
    void deliversAHundredThousandRecordsInASmallHeapWithFile(@TempDir Path directory) {
        assertDeliversAll("&stateFile=" + directory.resolve("usage.state"), "");
    }

    @Test
    void deliversAHundredThousandRecordsInASmallHeapWithDatabase() throws Exception {
        try (DatabaseServer postgres = DatabaseServer.postgres()) {
            postgres.createTables();
            assertDeliversAll("&splitResult=false&stateRepository=#usageState", postgres.url());
        }
    }

    private static void assertDeliversAll(String options, String database) {
        LocalDate firstDay = LocalDate.now(ZoneOffset.UTC).minusDays(DAYS);
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().accountCreated(firstDay)
                .categoryCount(CATEGORIES).zeroShare(0).start()) {
            String output = ChildJvm.outputOf(ChildJvm.of(Reader.class, List.of("-Xmx64m"), simulator,
                    firstDay.toString(), options, database));

            assertThat(output).endsWith("100000 records, 100000 distinct\n");
        }
    }

    /** Reads until a poll finds nothing new, and prints how many records it received. */
    static final class Reader {

        public static void main(String[] arguments) throws Exception {
            LocalDate firstDay = LocalDate.parse(arguments[3]);
            BitSet seen = new BitSet();
            int[] received = new int[1];
            CountDownLatch done = new CountDownLatch(1);
            try (DefaultCamelContext context = new DefaultCamelContext()) {
                ChildJvm.connect(context, arguments);
                if (!arguments[5].isEmpty()) {
                    context.getRegistry().bind("usageState",
                            new JdbcUsageStateRepository(new SingleConnectionDataSource(arguments[5], true)));
                }
                context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("twilio-usage:records?subresource=daily&startDate=" + firstDay
                                + "&endDate=yesterday&pageSize=1000" + arguments[4]
                                + "&initialDelay=0&delay=10&sendEmptyMessageWhenIdle=true").process(exchange -> {
                                    Object body = exchange.getMessage().getBody();
                                    if (body == null) {
                                        done.countDown();
                                        return;
                                    }
                                    (body instanceof List<?> page ? page : List.of(body)).forEach(item -> {
                                        UsageRecord usage = (UsageRecord) item;
                                        received[0]++;
                                        int day = (int) ChronoUnit.DAYS.between(firstDay, usage.startDate());
                                        int category = Integer
                                                .parseInt(usage.category().substring("category-".length()));
                                        seen.set(day * (CATEGORIES + 1) + category);
                                    });
                                });
                    }
                });
                context.start();
                done.await();
            }
            System.out.println(received[0] + " records, " + seen.cardinality() + " distinct");
        }
    }
}
