package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.math.BigDecimal;
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

import io.github.cameltwilio.usage.TwilioUsageComponent;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.Delivered;
import io.github.cameltwilio.usage.state.DyingRepositories;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.h2.jdbcx.JdbcDataSource;

/** The process that is killed: a route from usage records to a file, to which each delivery is one line. */
final class Mortal {
    static final String IDLE = "idle";

    private final FileChannel sink;
    private final UsageStateRepository state;
    private final ReaderId reader;
    private final Design design;
    private final String death;

    private Mortal(FileChannel sink, UsageStateRepository state, ReaderId reader, Design design, String death) {
        this.sink = sink;
        this.state = state;
        this.reader = reader;
        this.design = design;
        this.death = death;
    }

    /** Address, account, token, first day, home, sink, design, moment of death. */
    public static void main(String[] arguments) throws Exception {
        Design design = Design.valueOf(arguments[6]);
        ReaderId reader = new ReaderId(arguments[1], "all", Subresource.daily, List.of());
        FileChannel sink = FileChannel.open(Path.of(arguments[5]), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        UsageStateRepository state = state(arguments[4], reader, arguments[7]);
        Mortal mortal = new Mortal(sink, state, reader, design, arguments[7]);

        DefaultCamelContext context = new DefaultCamelContext();
        TwilioUsageConfiguration options = context.getComponent("twilio-usage", TwilioUsageComponent.class)
                .getConfiguration();
        options.setBaseUrl(arguments[0]);
        options.setAccountSid(arguments[1]);
        options.setAuthToken(arguments[2]);
        options.setStateRepository(design == Design.AS_OF_IN_THE_FINGERPRINT ? new AsOfInTheFingerprint(state) : state);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("twilio-usage:records?subresource=daily&pageSize=10&startDate=" + arguments[3]
                        + "&lookback=" + (design == Design.NO_LOOK_BACK ? "0d" : "3d")
                        + "&initialDelay=0&delay=5&sendEmptyMessageWhenIdle=true").process(mortal::deliver);
            }
        });
        context.start();
        Thread.currentThread().join();
    }

    private static UsageStateRepository state(String home, ReaderId reader, String death) {
        if (!home.startsWith("jdbc:")) {
            return DyingRepositories.file(Path.of(home), reader, death);
        }
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl(home);
        return DyingRepositories.jdbc(database, death);
    }

    private void deliver(Exchange exchange) throws IOException {
        UsageRecord usage = exchange.getMessage().getBody(UsageRecord.class);
        if (usage == null) {
            write(IDLE);
            return;
        }
        if (design == Design.COMMIT_BEFORE_DELIVERY) {
            state.delivered(reader, List.of(new Delivered(reader.key(usage), Optional.empty(), UsageValues.of(usage))));
        }
        dieIfItIsTime("BEFORE_DELIVERY");
        write(usage.category() + " " + usage.startDate() + "\t" + plain(usage.count()) + " " + plain(usage.usage())
                + " "
                + plain(usage.price()));
        dieIfItIsTime("AFTER_DELIVERY");
    }

    private void dieIfItIsTime(String moment) {
        if (moment.equals(death)) {
            Runtime.getRuntime().halt(137);
        }
    }

    private void write(String line) throws IOException {
        sink.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    /** With {@code as_of} in it, no fingerprint that was kept is ever equal to the one of the next read. */
    private record AsOfInTheFingerprint(UsageStateRepository state,
            AtomicInteger reads) implements UsageStateRepository {

        AsOfInTheFingerprint(UsageStateRepository state) {
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
        public void delivered(ReaderId reader, Collection<Delivered> records) {
            state.delivered(reader, records);
        }

        @Override
        public void advance(ReaderId reader, Position position, LocalDate forgetBefore) {
            state.advance(reader, position, forgetBefore);
        }
    }
}
