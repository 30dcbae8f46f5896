package io.github.cameltwilio.usage;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.EnsureTrigger;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.ReadAhead;
import io.github.cameltwilio.usage.client.RecordsQuery;
import io.github.cameltwilio.usage.client.RequestCounts;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.TriggerParameters;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.FileUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.Scope;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Message;
import org.apache.camel.PollingConsumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.ScheduledPollEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Read what a Twilio account used and what it cost, day by day, and be alerted when usage crosses a value. */
@UriEndpoint(firstVersion = "0.1.0", scheme = "twilio-usage", title = "Twilio Usage", syntax = "twilio-usage:resource",
        category = { Category.API, Category.CLOUD, Category.MONITORING },
        headersClass = TwilioUsageConstants.class)
public class TwilioUsageEndpoint extends ScheduledPollEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(TwilioUsageEndpoint.class);
    // Usage moves slowly, and the account's requests are shared with whoever sends its messages.
    private static final long QUARTER_OF_AN_HOUR = 900_000;

    @UriPath(description = "What to work with.")
    @Metadata(required = true)
    private final TwilioUsageResource resource;

    @UriParam
    private final TwilioUsageConfiguration configuration;

    @UriParam(label = "consumer,scheduler", javaType = "java.time.Duration", defaultValue = "15m",
            description = "Time from one poll's end to the next one's beginning.")
    private long delay = QUARTER_OF_AN_HOUR;

    private TwilioUsageClient client;

    TwilioUsageEndpoint(String uri, TwilioUsageComponent component, TwilioUsageResource resource,
                        TwilioUsageConfiguration configuration) {
        super(uri, component);
        this.resource = resource;
        this.configuration = configuration;
        super.setDelay(delay);
    }

    @Override
    public Producer createProducer() {
        return switch (resource) {
            case records -> new RecordsProducer(this);
            case triggers -> new TriggersProducer(this);
            case accounts -> new AccountsProducer(this);
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        UsageConsumer consumer = switch (resource) {
            case records -> new RecordsConsumer(this, processor);
            case triggers -> new TriggersConsumer(this, processor);
            case accounts ->
                throw new OptionValue("resource", resource).wrong("has no consumer: ask it by to(...) behind a"
                        + " timer");
        };
        consumer.setMaxMessagesPerPoll(configuration.getMaxMessagesPerPoll());
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public PollingConsumer createPollingConsumer() {
        return new ListPollingConsumer(this);
    }

    /** Refuses what could not work, before anything is sent. */
    @Override
    protected void doInit() throws Exception {
        super.doInit();
        AccountOptions.credentials(configuration);
        AccountOptions.baseUrl(configuration);
        query(null);
        TriggerOptions.check(configuration);
        Duration lookback = configuration.getLookback();
        if (lookback.isNegative() || !lookback.equals(Duration.ofDays(lookback.toDays()))) {
            throw new OptionValue("lookback", lookback).wrong("is no number of whole days, such as 3d");
        }
        if (configuration.getParallelRequests() < 1) {
            throw new OptionValue("parallelRequests", configuration.getParallelRequests())
                    .wrong("is no number of requests: 1"
                            + " for one after the other, or more");
        }
        if (configuration.getRollup() == Rollup.leaf && configuration.getOutputType() != OutputType.list) {
            throw new OptionValue("rollup", Rollup.leaf).wrong("needs the whole list, for its last record: leave"
                    + " outputType=stream out");
        }
        if (configuration.getStateFile() != null && configuration.getStateRepository() != null) {
            throw new OptionValue("stateFile", configuration.getStateFile())
                    .wrong("and stateRepository are two homes of one position: leave one or the other out");
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        client = getComponent().client(configuration);
    }

    TwilioUsageClient client() {
        return client;
    }

    /** None before the start. */
    RequestCounts traffic() {
        return client == null ? new RequestCounts() : client.requestCounts();
    }

    EnsureTrigger.Result ensure(TriggerOptions options) {
        TriggerParameters wanted = options.wanted();
        return new EnsureTrigger(client, getComponent().pause(), new Random())
                .ensure(wanted, options.isReplaced(), options.query().pageSize());
    }

    /** What to list for this message, or for none. */
    RecordsQuery query(Message message) {
        return RecordsOptions.records(configuration, message, LocalDate.now(getComponent().clock()));
    }

    /** For one poll or one message. */
    ReadAhead readAhead() {
        return client.readAhead(configuration.getParallelRequests());
    }

    /** What a message asks for, or the options alone; with {@code splitSubaccounts} of each account. */
    Pages<UsageRecord> records(Message message) {
        RecordsQuery query = query(message);
        if (!configuration.isSplitSubaccounts()) {
            return client.records(query, readAhead());
        }
        Map<String, RecordsQuery> queries = new LinkedHashMap<>();
        accounts().toList().forEach(account -> query.ofItself(account)
                .ifPresent(own -> queries.put(account.sid(), own)));
        return client.records(queries, readAhead());
    }

    /** What is asked, of this account itself or, when it is null, as the options say. */
    Pages<UsageRecord> records(RecordsQuery query, Account account, ReadAhead ahead) {
        return account == null ? client.records(query, ahead)
                : client.records(query.ofItself(account).map(own -> Map.of(account.sid(), own)).orElse(Map.of()),
                        ahead);
    }

    List<Account> accountsMainFirst() {
        return accounts().toList().stream()
                .sorted(Comparator.comparing(account -> !account.sid().equals(configuration.getAccountSid()))).toList();
    }

    Pages<Account> accounts() {
        return client.accounts(query(null).pageSize());
    }

    Pages<UsageTrigger> triggers() {
        return client.triggers(TriggerOptions.withoutBody(configuration, null).query());
    }

    WindowPlan windowPlan() {
        return new WindowPlan(configuration.getSubresource(), configuration.getLookback().toDays(),
                configuration.getStartDate(), configuration.getEndDate());
    }

    ReaderId reader() {
        if (resource == TwilioUsageResource.triggers) {
            return new ReaderId(configuration.getAccountSid(), Scope.triggers, Subresource.none,
                    Stream.of(configuration.getUsageCategory(), configuration.getTriggerBy(),
                            configuration.getRecurring())
                            .filter(Objects::nonNull).map(Object::toString).toList());
        }
        Scope scope = configuration.isSplitSubaccounts() ? Scope.split
                : configuration.isIncludeSubaccounts() ? Scope.all : Scope.own;
        return new ReaderId(configuration.getAccountSid(), scope, configuration.getSubresource(),
                query(null).categories());
    }

    /** The reader of one of the accounts that are read one by one. */
    ReaderId reader(String accountSid) {
        return new ReaderId(accountSid, Scope.own, configuration.getSubresource(), query(null).categories());
    }

    /** Opens the consumer's state, or takes over one that a stopped consumer left with exchanges in flight. */
    ConsumerState takeState() {
        UsageStateRepository repository = configuration.getStateRepository();
        String file = configuration.getStateFile();
        Object store = repository != null ? repository : file != null ? Path.of(file).toAbsolutePath() : this;
        return getComponent().states().take(new ConsumerState.Key(store, reader()), () -> {
            if (repository != null) {
                return repository;
            }
            if (file != null) {
                return FileUsageStateRepository.open(Path.of(file), reader());
            }
            LOG.info("{} keeps its position in memory and loses it when the route stops; set stateFile to persist it",
                    this);
            return new MemoryUsageStateRepository();
        });
    }

    @Override
    public TwilioUsageComponent getComponent() {
        return (TwilioUsageComponent) super.getComponent();
    }

    public TwilioUsageResource getResource() {
        return resource;
    }

    public TwilioUsageConfiguration getConfiguration() {
        return configuration;
    }

    @Override
    public long getDelay() {
        return delay;
    }

    @Override
    public void setDelay(long delay) {
        super.setDelay(delay);
        this.delay = delay;
    }

    /** The URI may hold secrets, and Camel's mask does not cover every way to write them. */
    @Override
    public String toString() {
        return "twilio-usage:" + resource;
    }
}
