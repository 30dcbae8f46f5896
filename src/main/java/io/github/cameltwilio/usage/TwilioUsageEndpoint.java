package io.github.cameltwilio.usage;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.ReadAhead;
import io.github.cameltwilio.usage.client.RecordsQuery;
import io.github.cameltwilio.usage.client.TriggersQuery;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.client.TwilioValue;
import io.github.cameltwilio.usage.client.TwilioValues;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.delivery.WindowPlan.Window;
import io.github.cameltwilio.usage.state.FileUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.ReaderId;
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
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Read the usage and cost of a Twilio account, day by day, and be alerted when usage reaches a value. */
@UriEndpoint(firstVersion = "0.1.0", scheme = "twilio-usage", title = "Twilio Usage", syntax = "twilio-usage:resource",
        category = { Category.API, Category.CLOUD, Category.MONITORING },
        headersClass = TwilioUsageConstants.class)
public class TwilioUsageEndpoint extends ScheduledPollEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(TwilioUsageEndpoint.class);
    // Usage changes slowly, and the requests count towards the account's limit.
    private static final long DEFAULT_DELAY = 900_000;

    @UriPath(description = "The resource to read or manage.")
    @Metadata(required = true)
    private final TwilioUsageResource resource;

    @UriParam
    private final TwilioUsageConfiguration configuration;

    @UriParam(label = "consumer,scheduler", javaType = "java.time.Duration", defaultValue = "15m",
            description = "Time between the end of a poll and the start of the next one.")
    private long delay = DEFAULT_DELAY;

    private final UnknownCategories unknownCategories = new UnknownCategories(this);
    private final Set<String> givenInUri;
    private AccountSelection accountSelection;
    private RecordsQuery recordsQuery;
    private TriggersQuery triggersQuery;
    private TwilioUsageClient client;

    TwilioUsageEndpoint(String uri, TwilioUsageComponent component, TwilioUsageResource resource,
                        TwilioUsageConfiguration configuration, Set<String> givenInUri) {
        super(uri, component);
        this.resource = resource;
        this.configuration = configuration;
        this.givenInUri = givenInUri;
        super.setDelay(delay);
    }

    @Override
    public Producer createProducer() {
        if (resource == TwilioUsageResource.callbacks) {
            throw new OptionValue("resource", resource).invalid("can only be consumed: use it in from(...)");
        }
        RelevantOptions.checkProducer(givenInUri);
        return new TwilioUsageProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (resource == TwilioUsageResource.callbacks) {
            return new CallbacksConsumer(this, processor);
        }
        RelevantOptions.checkConsumer(resource, configuration, givenInUri);
        UsageConsumer consumer = switch (resource) {
            case records -> new RecordsConsumer(this, processor);
            case triggers -> new TriggersConsumer(this, processor);
            case accounts, callbacks -> throw new OptionValue("resource", resource)
                    .invalid("cannot be consumed: use it in to(...), for example after a timer");
        };
        consumer.setMaxMessagesPerPoll(configuration.getMaxMessagesPerPoll());
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public PollingConsumer createPollingConsumer() {
        if (resource == TwilioUsageResource.callbacks) {
            throw new OptionValue("resource", resource)
                    .invalid("cannot be polled: use it in from(...), or poll twilio-usage:triggers");
        }
        RelevantOptions.checkProducer(givenInUri);
        return new ListPollingConsumer(this);
    }

    /** Rejects invalid options here, before anything is sent. */
    @Override
    protected void doInit() throws Exception {
        super.doInit();
        AccountOptions.credentials(configuration);
        AccountOptions.baseUrl(configuration);
        AccountOptions.path(configuration, null);
        RelevantOptions.check(resource, givenInUri);
        switch (resource) {
            case records -> {
                accountSelection = new AccountSelection(this);
                recordsQuery = RecordsOptions.check(configuration, today());
                ConsumerOptions.check(configuration);
            }
            case callbacks -> TriggerOptions.check(configuration);
            case triggers -> {
                triggersQuery = TriggerOptions.check(configuration);
                RecordsOptions.window(configuration, null, today());
                ConsumerOptions.check(configuration);
            }
            case accounts -> new OptionValue("pageSize", configuration.getPageSize()).asPageSize();
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        // Camel starts a producer inside split or multicast before the context has started the component.
        ServiceHelper.startService(getComponent());
        client = getComponent().client(configuration);
    }

    /** Null until the endpoint is started. */
    TwilioUsageClient client() {
        return client;
    }

    /** The client for the account of the message. */
    TwilioUsageClient client(Message message) {
        String subaccount = AccountOptions.path(configuration, message);
        return subaccount == null ? client : client.forAccount(subaccount);
    }

    /** The query of the options for these days. */
    RecordsQuery query(WindowPlan.Window window) {
        return recordsQuery.between(window.from(), window.to());
    }

    /** The query of the message, or of the options if it is null, with the dates of today. */
    RecordsQuery query(Message message) {
        if (message != null) {
            return RecordsOptions.query(configuration, message, today());
        }
        Window window = RecordsOptions.window(configuration, null, today());
        return recordsQuery.between(window.from(), window.to());
    }

    private LocalDate today() {
        return LocalDate.now(getComponent().clock());
    }

    /** Limits the concurrent requests of one poll or one message. */
    ReadAhead readAhead() {
        return client.readAhead(configuration.getParallelRequests());
    }

    /** Lists the resource, in memory, as the message or, if it is null, the options select it. */
    TwilioValues list(Message message) {
        return new TwilioValues(resource == TwilioUsageResource.records && configuration.getRollup() == Rollup.leaf
                ? LeafCategories.of(records(message).toList()) : pages(message).toList());
    }

    /** Lists the resource page by page. */
    Pages<? extends TwilioValue> pages(Message message) {
        return switch (resource) {
            case records -> records(message);
            case triggers -> triggers(message);
            case accounts -> accounts();
            case callbacks -> throw new IllegalStateException("callbacks cannot be listed");
        };
    }

    /** The records of {@link #query}, of each account separately with {@code splitSubaccounts}. */
    Pages<UsageRecord> records(Message message) {
        RecordsQuery query = query(message);
        Pages<UsageRecord> pages = configuration.isSplitSubaccounts() ? accountSelection.records(client, query)
                : client(message).records(query, readAhead());
        return unknownCategories.watch(pages, query.categories(), true);
    }

    /** @param account the account whose own usage is read, or null to read the endpoint's account as configured */
    Pages<UsageRecord> records(RecordsQuery query, Account account, ReadAhead ahead) {
        Pages<UsageRecord> pages = account == null ? client.records(query, ahead)
                : client.records(query.ofItself(account).map(own -> Map.of(account.sid(), own)).orElse(Map.of()),
                        ahead);
        return unknownCategories.watch(pages, query.categories(), false);
    }

    void warnOfUnknownCategories() {
        unknownCategories.warn(recordsQuery.categories());
    }

    Pages<Account> accounts() {
        return client.accounts(configuration.getPageSize());
    }

    AccountSelection accountSelection() {
        return accountSelection;
    }

    Pages<UsageTrigger> triggers(Message message) {
        return client(message).triggers(message == null ? triggersQuery
                : TriggerOptions.withoutBody(configuration, message).query());
    }

    WindowPlan windowPlan() {
        long lookback = configuration.getLookback().toDays();
        Duration deep = configuration.getDeepLookback();
        return new WindowPlan(configuration.getSubresource(), lookback, deep == null ? lookback : deep.toDays(),
                configuration.getStartDate(), configuration.getEndDate());
    }

    ReaderId reader() {
        return resource == TwilioUsageResource.triggers ? TriggerOptions.reader(configuration)
                : reader(AccountOptions.account(configuration));
    }

    /** The reader of this account, or of one of the accounts that are read one by one. */
    ReaderId reader(String accountSid) {
        return RecordsOptions.reader(configuration, recordsQuery.categories(), accountSid);
    }

    /** Opens the state of a route, or takes over one that a stopped consumer left with exchanges in flight. */
    ConsumerState takeState(String route) {
        UsageStateRepository repository = configuration.getStateRepository();
        String file = configuration.getStateFile();
        Object store = repository != null ? repository
                : file != null ? FileUsageStateRepository.locate(Path.of(file)) : this;
        // A file is locked against other components anyway.
        OpenStates.Key key = new OpenStates.Key(repository != null ? null : getComponent(), store, reader(),
                accountSelection == null ? null : accountSelection.shard());
        return OpenStates.take(getComponent(), route, key, () -> {
            if (repository != null || file != null) {
                return repository != null ? repository : FileUsageStateRepository.open(Path.of(file), reader());
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
        new OptionValue("delay", delay).asDuration();
        super.setDelay(delay);
        this.delay = delay;
    }

    @Override
    public void setInitialDelay(long initialDelay) {
        new OptionValue("initialDelay", initialDelay).asDuration();
        super.setInitialDelay(initialDelay);
    }

    /** Omits the options, which may contain secrets that Camel's mask misses. */
    @Override
    public String toString() {
        return "twilio-usage:" + resource;
    }
}
