package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class ManyAccountsTest {
    private static final int ACCOUNTS = 5000;
    private static final int DAYS = 365;
    private static final int CATEGORIES = 10;

    @Test
    void beginsAYearOfFiveThousandAccountsInASmallHeap() {
        LocalDate firstDay = LocalDate.now(ZoneOffset.UTC).minusDays(DAYS);
        TwilioUsageSimulator.Builder builder = TwilioUsageSimulator.builder().accountCreated(firstDay)
                .categoryCount(CATEGORIES).zeroShare(0);
        for (int account = 0; account < ACCOUNTS; account++) {
            builder.subaccount("sub" + account, firstDay);
        }
        try (TwilioUsageSimulator simulator = builder.start()) {
            assertThat(ChildJvm.outputOf(ChildJvm.of(Reader.class, List.of("-Xmx64m"), simulator, firstDay.toString())))
                    .endsWith("begun\n");
        }
    }

    /** Reads until it is in its third account. */
    static final class Reader {

        public static void main(String[] arguments) throws Exception {
            CountDownLatch begun = new CountDownLatch(2 * DAYS * CATEGORIES + 1);
            try (DefaultCamelContext context = new DefaultCamelContext()) {
                ChildJvm.connect(context, arguments);
                context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        StringBuilder categories = new StringBuilder("category-001");
                        for (int category = 2; category <= CATEGORIES; category++) {
                            categories.append(",category-%03d".formatted(category));
                        }
                        from("twilio-usage:records?subresource=daily&splitSubaccounts=true&startDate=" + arguments[3]
                                + "&category=" + categories + "&endDate=yesterday&pageSize=1000&initialDelay=0")
                                .process(exchange -> begun.countDown());
                    }
                });
                context.start();
                begun.await();
            }
            System.out.println("begun");
        }
    }
}
