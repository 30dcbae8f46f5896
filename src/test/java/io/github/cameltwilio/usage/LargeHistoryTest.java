package io.github.cameltwilio.usage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LargeHistoryTest {
    private static final LocalDate FIRST_DAY = LocalDate.parse("2025-01-01");
    private static final int CATEGORIES = 640;
    private static final int DAYS = 400;

    @TempDir
    Path directory;

    /** 256,000 rows, a tenth of them not zero: as with Twilio. */
    @Test
    @Tag("slow")
    void keepsHeapAndStateSmallOverALongHistory() {
        TestClock clock = new TestClock(FIRST_DAY.plusDays(DAYS - 1) + "T12:00:00Z");
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().clock(clock).accountCreated(FIRST_DAY)
                .categoryCount(CATEGORIES).zeroShare(0.9).start()) {
            String output = ChildJvm.outputOf(ChildJvm.of(Reader.class, List.of("-Xmx64m"), simulator,
                    directory.resolve("usage.state").toString()));

            String[] figures = output.strip().split(" ");
            assertThat(figures).as(output).hasSize(4);
            System.out.println(
                    "records, least and most KB of heap after a collection, most KB of state: " + output.strip());
            assertThat(Integer.parseInt(figures[0])).isBetween(24_000, 27_000);
            assertThat(Integer.parseInt(figures[2]) - Integer.parseInt(figures[1])).isLessThan(6_000);
            assertThat(Integer.parseInt(figures[3])).isLessThan(1_000);
        }
    }

    /** Measures at every thousandth delivery, after the first thousand. */
    static final class Reader {
        private static int records;
        private static long leastHeap = Long.MAX_VALUE;
        private static long mostHeap;
        private static long mostState;

        public static void main(String[] arguments) throws Exception {
            CountDownLatch done = new CountDownLatch(1);
            try (DefaultCamelContext context = new DefaultCamelContext()) {
                ChildJvm.connect(context, arguments).setStateFile(arguments[3]);
                context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("twilio-usage:records?subresource=daily&startDate=" + FIRST_DAY
                                + "&pageSize=1000&initialDelay=0&delay=10&sendEmptyMessageWhenIdle=true")
                                .process(exchange -> {
                                    if (exchange.getMessage().getBody() == null) {
                                        done.countDown();
                                    } else if (++records % 1000 == 0) {
                                        measure(Path.of(arguments[3]));
                                    }
                                });
                    }
                });
                context.start();
                done.await();
            }
            System.out.println(records + " " + leastHeap / 1024 + " " + mostHeap / 1024 + " " + mostState / 1024);
        }

        private static void measure(Path state) throws Exception {
            System.gc();
            long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            leastHeap = Math.min(leastHeap, heap);
            mostHeap = Math.max(mostHeap, heap);
            mostState = Math.max(mostState, Files.size(state));
        }
    }
}
