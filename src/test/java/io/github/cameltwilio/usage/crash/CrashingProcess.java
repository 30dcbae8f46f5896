package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.ChildJvm;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.CrashingRepositories;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.Scope;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/** The process that {@link CrashScenario} kills. Its route appends a line to a file for each delivery. */
final class CrashingProcess {
    static final String IDLE = "idle";
    private static final String ROW = "row";

    private final FileChannel sink;
    private final UsageStateRepository state;
    private final ReaderId reader;
    private final Variant variant;
    private final String crashPoint;

    private CrashingProcess(FileChannel sink, UsageStateRepository state, ReaderId reader, Variant variant,
                            String crashPoint) {
        this.sink = sink;
        this.state = state;
        this.reader = reader;
        this.variant = variant;
        this.crashPoint = crashPoint;
    }

    /** @param arguments base URL, account SID, auth token, first day, store, sink, variant, crash point */
    public static void main(String[] arguments) throws Exception {
        Variant variant = Variant.valueOf(arguments[6]);
        ReaderId reader = new ReaderId(arguments[1], Scope.all, Subresource.daily, List.of());
        FileChannel sink = FileChannel.open(Path.of(arguments[5]), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        DefaultCamelContext context = new DefaultCamelContext();
        UsageStateRepository state = arguments[4].startsWith("jdbc:")
                ? inDatabase(arguments[4], arguments[7], variant, context)
                : CrashingRepositories.file(Path.of(arguments[4]), reader, arguments[7]);
        CrashingProcess process = new CrashingProcess(sink, state, reader, variant, arguments[7]);
        ChildJvm.connect(context, arguments)
                .setStateRepository(variant == Variant.AS_OF_IN_FINGERPRINT ? new AsOfInFingerprint(state) : state);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                var route = from("twilio-usage:records?subresource=daily&pageSize=10&startDate=" + arguments[3]
                        + "&lookback=" + (variant == Variant.NO_LOOK_BACK ? "0d" : "3d")
                        + "&initialDelay=0&delay=5&sendEmptyMessageWhenIdle=true"
                        + (variant == Variant.ONE_TRANSACTION ? "&transactedPolicy=#required" : ""))
                        .process(process::deliver);
                if (variant.isSinkInDatabase()) {
                    route.filter(header(ROW).isNotNull())
                            .to("sql:insert into " + CrashScenario.SINK_TABLE + " (delivery) values (:#" + ROW
                                    + ")?dataSource=#database")
                            .process(exchange -> process.reach("AFTER_DELIVERY"));
                }
            }
        });
        context.start();
        Thread.currentThread().join();
    }

    private static UsageStateRepository inDatabase(String url, String crashPoint, Variant variant,
                                                   DefaultCamelContext context) {
        DataSource database = CrashingRepositories.jdbc(new SingleConnectionDataSource(url, true), crashPoint);
        context.getRegistry().bind("database", database);
        if (variant != Variant.ONE_TRANSACTION) {
            return new JdbcUsageStateRepository(database);
        }
        context.getRegistry().bind("required",
                new SpringTransactionPolicy(new DataSourceTransactionManager(database)));
        return new JdbcUsageStateRepository(new TransactionAwareDataSourceProxy(database));
    }

    private void deliver(Exchange exchange) throws IOException {
        UsageRecord usage = exchange.getMessage().getBody(UsageRecord.class);
        if (usage == null) {
            write(IDLE);
            return;
        }
        if (variant == Variant.STATE_BEFORE_DELIVERY) {
            state.delivered(reader,
                    List.of(new UsageChange(reader.key(usage), Optional.empty(), UsageValues.of(usage))));
        }
        reach("BEFORE_DELIVERY");
        String delivery = ChangingTwilio.key(usage) + "\t" + ChangingTwilio.values(usage);
        if (variant.isSinkInDatabase()) {
            exchange.getMessage().setHeader(ROW, delivery);
            return;
        }
        write(delivery);
        reach("AFTER_DELIVERY");
    }

    private void reach(String point) {
        if (point.equals(crashPoint)) {
            Runtime.getRuntime().halt(137);
        }
    }

    private void write(String line) throws IOException {
        sink.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    /** Makes stored values differ at every read, as they would if their fingerprint contained {@code as_of}. */
    private record AsOfInFingerprint(UsageStateRepository state, AtomicInteger reads) implements UsageStateRepository {

        AsOfInFingerprint(UsageStateRepository state) {
            this(state, new AtomicInteger());
        }

        @Override
        public Optional<Position> position(ReaderId reader) {
            return state.position(reader);
        }

        @Override
        public Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
            String asOf = " as of " + reads.incrementAndGet();
            Map<RecordKey, UsageValues> values = new HashMap<>(state.lastDelivered(reader, keys));
            values.replaceAll((key, last) -> new UsageValues(last.count(), last.countUnit() + asOf, last.usage(),
                    last.usageUnit(), last.price(), last.priceUnit()));
            return values;
        }

        @Override
        public void delivered(ReaderId reader, Collection<UsageChange> records) {
            state.delivered(reader, records);
        }

        @Override
        public void advance(ReaderId reader, Position position, LocalDate forgetBefore) {
            state.advance(reader, position, forgetBefore);
        }

        @Override
        public void rewind(ReaderId reader, Position position) {
            state.rewind(reader, position);
        }
    }
}
