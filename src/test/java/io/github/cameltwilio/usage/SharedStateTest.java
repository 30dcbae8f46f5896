package io.github.cameltwilio.usage;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

import static io.github.cameltwilio.usage.ScriptedTwilio.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two running routes never deliver the same records from one store, however each of them reaches it. */
class SharedStateTest extends ScriptedTwilioTestSupport {
    private static final String SPLIT = DAILY + "&splitSubaccounts=true";
    private static final String OPTIONS = "&category=sms&endDate=yesterday&startDate=-4days"
            + "&stateRepository=#bean:state";
    private static final String SUBACCOUNT = "AC" + "2".repeat(32);
    private static final String OTHER = "AC" + "3".repeat(32);
    private static final String REJECTED = "Another route already delivers";

    private final String name = UUID.randomUUID().toString();

    @BeforeEach
    void listFourDays() {
        twilio.list(march(11, 14));
    }

    @ParameterizedTest
    @ValueSource(strings = { "secondPool", "otherUrl", "proxy" })
    void rejectsASecondPoolOfOneDatabase(String way) throws Exception {
        JdbcDataSource pool = StateDatabase.create(name);
        JdbcDataSource otherPool = StateDatabase.connectTo(name, way.equals("otherUrl") ? ";LOCK_TIMEOUT=100" : "");
        DataSource other = way.equals("proxy") ? new TransactionAwareDataSourceProxy(pool) : otherPool;
        try (RecordsRoute first = start(new JdbcUsageStateRepository(pool))) {
            assertThatThrownBy(() -> start(new JdbcUsageStateRepository(other)))
                    .hasStackTraceContaining(REJECTED + " " + ACCOUNT + "|all|daily|sms")
                    .hasStackTraceContaining("from the same state: route usage of " + first.context().getName())
                    .hasStackTraceContaining("give one of them a stateFile or stateRepository of its own");
            assertThat(first.poll()).isEqualTo(4);
        }
        try (RecordsRoute second = start(new JdbcUsageStateRepository(other))) {
            assertThat(second.poll()).isZero();
        }
    }

    @Test
    void keepsRoutesOfTwoDatabasesApart() throws Exception {
        try (RecordsRoute first = start(new JdbcUsageStateRepository(StateDatabase.create(name)));
                RecordsRoute second = start(new JdbcUsageStateRepository(StateDatabase.create(name + "-2")))) {
            assertThat(List.of(first.poll(), second.poll())).containsExactly(4, 4);
        }
    }

    @Test
    void noticesAtThePollThatADatabaseWhichWasDownIsShared() throws Exception {
        JdbcDataSource pool = StateDatabase.create(name);
        AtomicBoolean down = new AtomicBoolean(true);
        try (RecordsRoute first = start(new JdbcUsageStateRepository(pool))) {
            try (RecordsRoute second = start(
                    new JdbcUsageStateRepository(unlessDown(StateDatabase.connectTo(name, ""), down)))) {
                assertThat(first.poll()).isEqualTo(4);
                assertThatThrownBy(second::poll).hasMessageContaining("The database could not");
                down.set(false);

                assertThatThrownBy(second::poll).hasMessageContaining(REJECTED);
                assertThatThrownBy(first::poll).hasMessageContaining(REJECTED);
                assertThat(second.exchanges()).isEmpty();
            }
            assertThat(first.poll()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "pools" })
    void rejectsTheRouteOfASubaccountThatAnotherRouteReads(String state) throws Exception {
        List<UsageStateRepository> stores = stores(state);
        try (RecordsRoute all = startSplit(ACCOUNT, stores.get(0))) {
            assertThat(poll(all, ACCOUNT, SUBACCOUNT)).isEqualTo(8);
            assertThatThrownBy(() -> startSplit(SUBACCOUNT, stores.get(1)))
                    .hasStackTraceContaining(REJECTED + " " + SUBACCOUNT + "|each|daily|sms")
                    .hasStackTraceContaining("route usage of " + all.context().getName())
                    .hasStackTraceContaining("or set excludeAccounts=" + SUBACCOUNT + " for the one");
            assertThat(poll(all, ACCOUNT, SUBACCOUNT)).isZero();
        }
        try (RecordsRoute own = startSplit(SUBACCOUNT, stores.get(1))) {
            assertThat(poll(own, SUBACCOUNT)).as("it goes on where the other route ended").isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "pools" })
    void failsThePollOfAnAccountThatAnotherRouteDelivers(String state) throws Exception {
        List<UsageStateRepository> stores = stores(state);
        try (RecordsRoute own = startSplit(SUBACCOUNT, stores.get(0));
                RecordsRoute all = startSplit(ACCOUNT, stores.get(1))) {
            for (int polls = 0; polls < 2; polls++) {
                assertThatThrownBy(() -> poll(all, ACCOUNT, SUBACCOUNT, OTHER))
                        .hasMessageContaining(REJECTED + " " + SUBACCOUNT + "|each|daily|sms")
                        .hasMessageContaining("route usage of " + own.context().getName())
                        .hasMessageContaining("route usage of " + all.context().getName());
            }
            assertThat(all.exchanges()).as("the other accounts").hasSize(8)
                    .extracting(exchange -> exchange.getMessage().getHeader(TwilioUsageConstants.ACCOUNT_SID))
                    .containsOnly(ACCOUNT, OTHER);
            assertThat(poll(own, SUBACCOUNT)).isEqualTo(4);

            own.context().getRouteController().stopRoute("usage");
            assertThat(poll(all, ACCOUNT, SUBACCOUNT, OTHER)).isZero();
            assertThatThrownBy(() -> own.context().getRouteController().startRoute("usage"))
                    .hasStackTraceContaining(REJECTED);
        }
    }

    @Test
    void readsAnAccountThatTheOtherRouteLeavesOut() throws Exception {
        MemoryUsageStateRepository store = new MemoryUsageStateRepository();
        try (RecordsRoute all = start(SPLIT + "&excludeAccounts=" + SUBACCOUNT, ACCOUNT, store);
                RecordsRoute own = startSplit(SUBACCOUNT, store)) {
            assertThat(poll(all, ACCOUNT, SUBACCOUNT)).isEqualTo(4);
            assertThat(poll(own, SUBACCOUNT)).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "pools" })
    void shardsShareAStore(String state) throws Exception {
        List<UsageStateRepository> stores = stores(state);
        String[] accounts = { ACCOUNT, SUBACCOUNT, OTHER };
        try (RecordsRoute first = start(SPLIT + "&shard=1/2", ACCOUNT, stores.get(0));
                RecordsRoute second = start(SPLIT + "&shard=2/2", ACCOUNT, stores.get(1))) {
            assertThat(List.of(poll(first, accounts), poll(second, accounts))).containsExactly(
                    4 * of("1/2", accounts), 4 * of("2/2", accounts));
            assertThat(poll(first, accounts) + poll(second, accounts)).isZero();
        }
        try (RecordsRoute all = startSplit(ACCOUNT, stores.get(0))) {
            assertThat(poll(all, accounts)).isZero();
        }
    }

    private static int of(String shard, String... accounts) {
        return (int) Arrays.stream(accounts).filter(Shard.of(new OptionValue("shard", shard))::contains).count();
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "pools" })
    void failsThePollOfShardsThatOverlap(String state) throws Exception {
        List<UsageStateRepository> stores = stores(state);
        String[] accounts = { ACCOUNT, SUBACCOUNT, OTHER };
        try (RecordsRoute all = start(SPLIT + "&shard=1/1", ACCOUNT, stores.get(0));
                RecordsRoute half = start(SPLIT + "&shard=1/2", ACCOUNT, stores.get(1))) {
            assertThat(poll(all, accounts)).isEqualTo(12);
            assertThatThrownBy(() -> poll(half, accounts)).hasMessageContaining(REJECTED);
            assertThat(half.exchanges()).isEmpty();
        }
    }

    @Test
    void rejectsASecondRouteOfAShard() throws Exception {
        UsageStateRepository store = new MemoryUsageStateRepository();
        try (RecordsRoute first = start(SPLIT + "&shard=1/2", ACCOUNT, store)) {
            assertThatThrownBy(() -> start(SPLIT + "&shard=1/2", ACCOUNT, store)).hasStackTraceContaining(REJECTED);
            assertThat(first.exchanges()).isEmpty();
        }
    }

    private List<UsageStateRepository> stores(String state) {
        UsageStateRepository bean = new MemoryUsageStateRepository();
        return state.equals("bean") ? List.of(bean, bean)
                : List.of(new JdbcUsageStateRepository(StateDatabase.create(name)),
                        new JdbcUsageStateRepository(StateDatabase.connectTo(name, "")));
    }

    private RecordsRoute start(UsageStateRepository store) throws Exception {
        return start(DAILY, ACCOUNT, store);
    }

    private RecordsRoute startSplit(String account, UsageStateRepository store) throws Exception {
        return start(SPLIT, account, store);
    }

    private RecordsRoute start(String uri, String account, UsageStateRepository store) throws Exception {
        Map<String, String> properties = new HashMap<>(twilio.account());
        properties.put("accountSid", account);
        return new RecordsRoute(properties, clock, uri + OPTIONS, store, exchange -> {});
    }

    /** @param accounts that Twilio lists for the credentials of the route */
    private int poll(RecordsRoute route, String... accounts) throws Exception {
        twilio.listOnce(Arrays.stream(accounts).map(sid -> "{\"sid\":\"" + sid + "\"}").toArray(String[]::new));
        return route.poll();
    }

    private static DataSource unlessDown(DataSource pool, AtomicBoolean down) {
        return (DataSource) Proxy.newProxyInstance(DataSource.class.getClassLoader(),
                new Class<?>[]{ DataSource.class },
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection") && down.get()) {
                        throw new SQLException("The database is down");
                    }
                    try {
                        return method.invoke(pool, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
