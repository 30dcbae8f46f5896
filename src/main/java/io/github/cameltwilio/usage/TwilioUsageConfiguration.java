package io.github.cameltwilio.usage;

import java.time.Duration;

import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.Recurring;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.TriggerBy;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.spi.TransactedPolicy;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of an endpoint. The component has the same options, which are the defaults of its endpoints. */
@UriParams
public class TwilioUsageConfiguration implements Cloneable {

    @UriParam(label = "security",
            description = "SID of the account that authenticates, and whose usage is read unless pathAccountSid is"
                    + " set: AC followed by 32 hexadecimal digits.")
    private String accountSid;

    @UriParam(label = "security", secret = true,
            description = "The account's auth token. Set either this, or apiKey and secretKey, or clientId and"
                    + " clientSecret.")
    private String authToken;

    @UriParam(label = "security", secret = true,
            description = "SID of an API key (SK...) of the account, used with secretKey instead of authToken. An"
                    + " API key of a main account cannot read its subaccounts.")
    private String apiKey;

    @UriParam(label = "security", secret = true, description = "The secret of apiKey.")
    private String secretKey;

    @UriParam(label = "security", secret = true,
            description = "Client ID (OQ...) of an OAuth app of the account, used with clientSecret instead of"
                    + " authToken. An OAuth app exists in us1 only and cannot read subaccounts.")
    private String clientId;

    @UriParam(label = "security", secret = true,
            description = "The secret of clientId. It is exchanged for an access token, which is renewed before it"
                    + " expires.")
    private String clientSecret;

    @UriParam(label = "common",
            description = "SID of the subaccount whose usage is read or whose triggers are managed, if it is not the"
                    + " account that authenticates. Needs the main account's authToken.")
    private String pathAccountSid;

    @UriParam(label = "common",
            description = "The Twilio region that stores the account's data, for example ie1 or au1. Credentials"
                    + " belong to one region. Twilio's default is us1.")
    private String region;

    @UriParam(label = "common",
            description = "The Twilio edge through which requests enter Twilio's network, for example dublin or"
                    + " sydney. Without a region, requests are routed to us1.")
    private String edge;

    @UriParam(label = "advanced",
            description = "Scheme, host and port to use instead of Twilio's, also for access tokens, for example"
                    + " those of a simulator. Must be https, except for localhost, where http is allowed.")
    private String baseUrl;

    @UriParam(label = "producer", defaultValue = "list", description = "What the producer does with the resource.")
    private TwilioUsageAction action = TwilioUsageAction.list;

    @UriParam(label = "common", defaultValue = "none",
            description = "Which list of usage records to read: none for one total per category over the window, or"
                    + " one of Twilio's subresources. A consumer of daily, monthly or yearly moves its window"
                    + " forward over time.")
    private Subresource subresource = Subresource.none;

    @UriParam(label = "common",
            description = "The categories to read, separated by commas, for example sms,calls. Any of Twilio's"
                    + " categories is accepted, and each one takes a request of its own. All categories are read if"
                    + " not set.")
    private String category;

    @UriParam(label = "common",
            description = "The first day to read, in UTC: a date (2026-01-31), an offset (-30days), today or"
                    + " yesterday. If not set, a producer leaves it to Twilio, where daily, monthly and yearly"
                    + " start with the account, and the first poll of a consumer starts at the look-back.")
    private String startDate;

    @UriParam(label = "common",
            description = "The last day to read, inclusive and in UTC, in the same formats as startDate. Defaults to"
                    + " Twilio's today.")
    private String endDate;

    @UriParam(label = "common", defaultValue = "true",
            description = "Whether the usage of subaccounts is included in the account's records, as it is by"
                    + " default at Twilio.")
    private boolean includeSubaccounts = true;

    @UriParam(label = "common",
            description = "Whether to read the account and each of its subaccounts separately, so that all usage is"
                    + " listed once, under the account that caused it. Takes precedence over includeSubaccounts.")
    private boolean splitSubaccounts;

    @UriParam(label = "common",
            description = "SIDs of the accounts that splitSubaccounts reads, separated by commas. All are read if not"
                    + " set.")
    private String accounts;

    @UriParam(label = "common",
            description = "SIDs of the accounts that splitSubaccounts leaves out, separated by commas.")
    private String excludeAccounts;

    @UriParam(label = "common,advanced",
            description = "Reads only a part of the accounts of splitSubaccounts, for example 2/6 for the second of six"
                    + " parts, so that several nodes can share the work. The SID decides to which part an account"
                    + " belongs. All parts together read every account once.")
    private String shard;

    @UriParam(label = "common",
            description = "Whether the records of splitSubaccounts have their account's name and status too. The"
                    + " messages of a consumer have them as headers in any case.")
    private boolean accountDetails;

    @UriParam(label = "common", defaultValue = "all",
            description = "Twilio's categories overlap. Choose all of them, only the bill (total, which is the"
                    + " category totalprice), or only the categories that contain no other (leaf), followed by a"
                    + " record named unattributed for the difference to totalprice. leaf requires outputType=list.")
    private Rollup rollup = Rollup.all;

    @UriParam(label = "common", defaultValue = "100",
            description = "Number of records per request, from 1 to 1000. Twilio sometimes fails on large pages that"
                    + " cover many categories.")
    private int pageSize = 100;

    @UriParam(label = "common", defaultValue = "1",
            description = "Maximum number of concurrent requests for the parts of a long window, for several"
                    + " categories and for several subaccounts. The order of the records is the same for any value."
                    + " Even with 1, the next page is fetched while the current one is processed.")
    private int parallelRequests = 1;

    @UriParam(label = "producer", defaultValue = "list",
            description = "Whether the body is a list, or an iterator that fetches pages as it is read and is closed"
                    + " when the exchange completes.")
    private OutputType outputType = OutputType.list;

    @UriParam(label = "consumer", defaultValue = "true",
            description = "Whether each new or changed record becomes an exchange of its own. Otherwise there is one"
                    + " exchange per page, with a list.")
    private boolean splitResult = true;

    @UriParam(label = "consumer", defaultValue = "true",
            description = "Whether to skip records without any count, usage or price, unless they correct a record"
                    + " that was delivered before. Twilio lists every category for every day, used or not.")
    private boolean skipEmpty = true;

    @UriParam(label = "consumer", defaultValue = "3d",
            description = "How far before the latest completely read day to look for corrections by Twilio, in whole"
                    + " days. Applies to daily, monthly and yearly, and to the firings of triggers.")
    private Duration lookback = Duration.ofDays(3);

    @UriParam(label = "consumer",
            description = "How far the first poll of each UTC day looks back, in whole days, to find late corrections"
                    + " at the cost of a few requests per day. Must be longer than lookback, which all polls use if"
                    + " this is not set. Applies to daily, monthly and yearly.")
    private Duration deepLookback;

    @UriParam(label = "consumer",
            description = "Whether to show the price of each category (and account, with splitSubaccounts) in the"
                    + " latest period that Twilio lists, as a Micrometer gauge. Needs a MeterRegistry in Camel's"
                    + " registry, which camel-micrometer provides. The consumer's own metrics are shown there"
                    + " in any case.")
    private boolean spendMeters;

    @UriParam(label = "consumer", defaultValue = "0",
            description = "Maximum number of exchanges per poll. The rest is left to the next polls. 0 means no"
                    + " limit.")
    private int maxMessagesPerPoll;

    @UriParam(label = "consumer",
            description = "The file that stores the consumer's position, so that it survives restarts and crashes."
                    + " Each consumer needs a file of its own, in a directory that exists. Without stateFile or"
                    + " stateRepository, the position is lost when the route stops.")
    private String stateFile;

    @UriParam(label = "consumer,advanced",
            description = "The store of the consumer's position, instead of stateFile: for example a"
                    + " JdbcUsageStateRepository shared by several nodes.")
    private UsageStateRepository stateRepository;

    @UriParam(label = "consumer,advanced",
            description = "The policy that transacted() would use. It runs the whole route in a transaction, which also"
                    + " stores the exchange as delivered, so that both or neither happen. For a route that writes to"
                    + " the database of stateRepository.")
    private TransactedPolicy transactedPolicy;

    @UriParam(label = "producer",
            description = "SID of the trigger to fetch, update or delete: UT followed by 32 hexadecimal digits.")
    private String triggerSid;

    @UriParam(label = "common",
            description = "The URL that Twilio calls when the trigger fires. A callbacks route verifies signatures"
                    + " against it.")
    private String callbackUrl;

    @UriParam(label = "common",
            description = "The value at which the trigger fires: a positive number. For create it can be prefixed"
                    + " with a plus sign to make it relative to current usage. Write such a value in RAW() in a"
                    + " URI.")
    private String triggerValue;

    @UriParam(label = "common",
            description = "The category that the trigger watches. For list and prune, only triggers of this category"
                    + " are selected.")
    private String usageCategory;

    @UriParam(label = "common",
            description = "The HTTP method with which Twilio calls callbackUrl. Twilio's default is POST.")
    private CallbackMethod callbackMethod;

    @UriParam(label = "common",
            description = "The name of the trigger, up to 64 characters. The action ensure and callbacks"
                    + " routes identify their trigger by it. If not set, they derive a name from usageCategory,"
                    + " triggerBy, triggerValue and recurring.")
    private String friendlyName;

    @UriParam(label = "common",
            description = "How often the trigger can fire: once per day, month or year, or only once (alltime, which"
                    + " is the default). For list, only such triggers are selected.")
    private Recurring recurring;

    @UriParam(label = "common",
            description = "What the trigger watches: the count, usage or price of its category. Twilio's default is"
                    + " usage. For list and prune, only such triggers are selected.")
    private TriggerBy triggerBy;

    @UriParam(label = "common", defaultValue = "fail",
            description = "What the action ensure and callbacks routes do if a trigger of the same name differs in"
                    + " value, category, triggerBy or recurring, which Twilio cannot update: fail, or replace the"
                    + " trigger.")
    private OnDifference onDifference = OnDifference.fail;

    @UriParam(label = "producer",
            description = "Whether the action prune only lists the triggers that it would delete.")
    private boolean dryRun;

    @UriParam(label = "callbacks",
            description = "The path at which callbacks are received. Defaults to the path of callbackUrl. Set it if a"
                    + " proxy changes the path.")
    private String path;

    @UriParam(label = "callbacks,advanced",
            description = "The component that serves callbacks over HTTP, for example platform-http, servlet,"
                    + " netty-http or undertow. Defaults to the component of the REST configuration, or else to the"
                    + " first one that is available.")
    private String consumerComponentName;

    @UriParam(label = "callbacks,security", secret = true,
            description = "Additional auth tokens to verify callbacks with, separated by commas: the next token"
                    + " during a rotation, or the only ones when authenticating with an API key or an OAuth app."
                    + " Tokens of other accounts are written as accountSid:token.")
    private String authTokens;

    @UriParam(label = "callbacks,security", secret = true,
            description = "Secrets of the shared keys to verify callbacks with, each written as key:secret,"
                    + " separated by commas. Keys of other accounts are written as accountSid:key:secret. Only needed"
                    + " if Twilio is configured to sign with shared keys.")
    private String sharedSecretKeys;

    @UriParam(label = "callbacks,security",
            description = "A bean that looks up auth tokens and shared keys, for accounts that come and go. It is"
                    + " called only if no secret in authToken, authTokens or sharedSecretKeys matches.")
    private CallbackSecrets callbackSecrets;

    @UriParam(label = "callbacks,security", defaultValue = "true",
            description = "Whether callbacks must carry a valid Twilio signature. If disabled, anyone who knows the"
                    + " URL can fake an alert.")
    private boolean validateSignature = true;

    @UriParam(label = "callbacks", defaultValue = "24h",
            description = "Maximum age of a firing for its callback to be accepted, since Twilio's signature does not"
                    + " expire. To allow for clock differences, the firing may also lie this far in the future.")
    private Duration callbackMaxAge = Duration.ofHours(24);

    @UriParam(label = "callbacks,advanced",
            description = "The store of processed callbacks, by token and signature, which prevents processing them"
                    + " twice. In memory by default. Set one to share it between nodes and keep it across restarts.")
    private IdempotentRepository idempotentRepository;

    @UriParam(label = "callbacks",
            description = "Whether the trigger ensured by this route is deleted when the route stops. Usage is"
                    + " then not watched while the route is stopped.")
    private boolean deleteOnStop;

    public String getAccountSid() {
        return accountSid;
    }

    public void setAccountSid(String accountSid) {
        this.accountSid = accountSid;
    }

    public String getAuthToken() {
        return authToken;
    }

    public void setAuthToken(String authToken) {
        this.authToken = authToken;
    }

    public String getApiKey() {
        return apiKey;
    }

    public void setApiKey(String apiKey) {
        this.apiKey = apiKey;
    }

    public String getSecretKey() {
        return secretKey;
    }

    public void setSecretKey(String secretKey) {
        this.secretKey = secretKey;
    }

    public String getClientId() {
        return clientId;
    }

    public void setClientId(String clientId) {
        this.clientId = clientId;
    }

    public String getClientSecret() {
        return clientSecret;
    }

    public void setClientSecret(String clientSecret) {
        this.clientSecret = clientSecret;
    }

    public String getPathAccountSid() {
        return pathAccountSid;
    }

    public void setPathAccountSid(String pathAccountSid) {
        this.pathAccountSid = pathAccountSid;
    }

    public String getRegion() {
        return region;
    }

    public void setRegion(String region) {
        this.region = region;
    }

    public String getEdge() {
        return edge;
    }

    public void setEdge(String edge) {
        this.edge = edge;
    }

    public String getBaseUrl() {
        return baseUrl;
    }

    public void setBaseUrl(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    public TwilioUsageAction getAction() {
        return action;
    }

    public void setAction(TwilioUsageAction action) {
        this.action = action;
    }

    public Subresource getSubresource() {
        return subresource;
    }

    public void setSubresource(Subresource subresource) {
        this.subresource = subresource;
    }

    public String getCategory() {
        return category;
    }

    public void setCategory(String category) {
        this.category = category;
    }

    public String getStartDate() {
        return startDate;
    }

    public void setStartDate(String startDate) {
        this.startDate = startDate;
    }

    public String getEndDate() {
        return endDate;
    }

    public void setEndDate(String endDate) {
        this.endDate = endDate;
    }

    public boolean isIncludeSubaccounts() {
        return includeSubaccounts;
    }

    public void setIncludeSubaccounts(boolean includeSubaccounts) {
        this.includeSubaccounts = includeSubaccounts;
    }

    public boolean isSplitSubaccounts() {
        return splitSubaccounts;
    }

    public void setSplitSubaccounts(boolean splitSubaccounts) {
        this.splitSubaccounts = splitSubaccounts;
    }

    public String getAccounts() {
        return accounts;
    }

    public void setAccounts(String accounts) {
        this.accounts = accounts;
    }

    public String getExcludeAccounts() {
        return excludeAccounts;
    }

    public void setExcludeAccounts(String excludeAccounts) {
        this.excludeAccounts = excludeAccounts;
    }

    public String getShard() {
        return shard;
    }

    public void setShard(String shard) {
        this.shard = shard;
    }

    public boolean isAccountDetails() {
        return accountDetails;
    }

    public void setAccountDetails(boolean accountDetails) {
        this.accountDetails = accountDetails;
    }

    public Rollup getRollup() {
        return rollup;
    }

    public void setRollup(Rollup rollup) {
        this.rollup = rollup;
    }

    public int getParallelRequests() {
        return parallelRequests;
    }

    public void setParallelRequests(int parallelRequests) {
        this.parallelRequests = parallelRequests;
    }

    public int getPageSize() {
        return pageSize;
    }

    public void setPageSize(int pageSize) {
        this.pageSize = pageSize;
    }

    public OutputType getOutputType() {
        return outputType;
    }

    public void setOutputType(OutputType outputType) {
        this.outputType = outputType;
    }

    public boolean isSplitResult() {
        return splitResult;
    }

    public void setSplitResult(boolean splitResult) {
        this.splitResult = splitResult;
    }

    public boolean isSkipEmpty() {
        return skipEmpty;
    }

    public void setSkipEmpty(boolean skipEmpty) {
        this.skipEmpty = skipEmpty;
    }

    public Duration getLookback() {
        return lookback;
    }

    public void setLookback(Duration lookback) {
        this.lookback = new OptionValue("lookback", lookback).asDuration();
    }

    /** Camel prefers this one for a text, which its own conversion would turn into zero if it is malformed. */
    public void setLookback(String lookback) {
        setLookback(new OptionValue("lookback", lookback).asDuration());
    }

    public Duration getDeepLookback() {
        return deepLookback;
    }

    public void setDeepLookback(Duration deepLookback) {
        this.deepLookback = deepLookback == null ? null : new OptionValue("deepLookback", deepLookback).asDuration();
    }

    /** Camel prefers this one for a text, which its own conversion would turn into zero if it is malformed. */
    public void setDeepLookback(String deepLookback) {
        setDeepLookback(new OptionValue("deepLookback", deepLookback).asDuration());
    }

    public boolean isSpendMeters() {
        return spendMeters;
    }

    public void setSpendMeters(boolean spendMeters) {
        this.spendMeters = spendMeters;
    }

    public int getMaxMessagesPerPoll() {
        return maxMessagesPerPoll;
    }

    public void setMaxMessagesPerPoll(int maxMessagesPerPoll) {
        this.maxMessagesPerPoll = maxMessagesPerPoll;
    }

    public String getStateFile() {
        return stateFile;
    }

    public void setStateFile(String stateFile) {
        this.stateFile = stateFile;
    }

    public UsageStateRepository getStateRepository() {
        return stateRepository;
    }

    public void setStateRepository(UsageStateRepository stateRepository) {
        this.stateRepository = stateRepository;
    }

    public TransactedPolicy getTransactedPolicy() {
        return transactedPolicy;
    }

    public void setTransactedPolicy(TransactedPolicy transactedPolicy) {
        this.transactedPolicy = transactedPolicy;
    }

    public String getTriggerSid() {
        return triggerSid;
    }

    public void setTriggerSid(String triggerSid) {
        this.triggerSid = triggerSid;
    }

    public String getCallbackUrl() {
        return callbackUrl;
    }

    public void setCallbackUrl(String callbackUrl) {
        this.callbackUrl = callbackUrl;
    }

    public String getTriggerValue() {
        return triggerValue;
    }

    public void setTriggerValue(String triggerValue) {
        this.triggerValue = triggerValue;
    }

    public String getUsageCategory() {
        return usageCategory;
    }

    public void setUsageCategory(String usageCategory) {
        this.usageCategory = usageCategory;
    }

    public CallbackMethod getCallbackMethod() {
        return callbackMethod;
    }

    public void setCallbackMethod(CallbackMethod callbackMethod) {
        this.callbackMethod = callbackMethod;
    }

    public String getFriendlyName() {
        return friendlyName;
    }

    public void setFriendlyName(String friendlyName) {
        this.friendlyName = friendlyName;
    }

    public Recurring getRecurring() {
        return recurring;
    }

    public void setRecurring(Recurring recurring) {
        this.recurring = recurring;
    }

    public TriggerBy getTriggerBy() {
        return triggerBy;
    }

    public void setTriggerBy(TriggerBy triggerBy) {
        this.triggerBy = triggerBy;
    }

    public OnDifference getOnDifference() {
        return onDifference;
    }

    public void setOnDifference(OnDifference onDifference) {
        this.onDifference = onDifference;
    }

    public boolean isDryRun() {
        return dryRun;
    }

    public void setDryRun(boolean dryRun) {
        this.dryRun = dryRun;
    }

    public String getAuthTokens() {
        return authTokens;
    }

    public void setAuthTokens(String authTokens) {
        this.authTokens = authTokens;
    }

    public String getPath() {
        return path;
    }

    public void setPath(String path) {
        this.path = path;
    }

    public String getConsumerComponentName() {
        return consumerComponentName;
    }

    public void setConsumerComponentName(String consumerComponentName) {
        this.consumerComponentName = consumerComponentName;
    }

    public String getSharedSecretKeys() {
        return sharedSecretKeys;
    }

    public void setSharedSecretKeys(String sharedSecretKeys) {
        this.sharedSecretKeys = sharedSecretKeys;
    }

    public CallbackSecrets getCallbackSecrets() {
        return callbackSecrets;
    }

    public void setCallbackSecrets(CallbackSecrets callbackSecrets) {
        this.callbackSecrets = callbackSecrets;
    }

    public boolean isValidateSignature() {
        return validateSignature;
    }

    public void setValidateSignature(boolean validateSignature) {
        this.validateSignature = validateSignature;
    }

    public Duration getCallbackMaxAge() {
        return callbackMaxAge;
    }

    public void setCallbackMaxAge(Duration callbackMaxAge) {
        this.callbackMaxAge = new OptionValue("callbackMaxAge", callbackMaxAge).asDuration();
    }

    /** Camel prefers this one for a text, which its own conversion would turn into zero if it is malformed. */
    public void setCallbackMaxAge(String callbackMaxAge) {
        setCallbackMaxAge(new OptionValue("callbackMaxAge", callbackMaxAge).asDuration());
    }

    public IdempotentRepository getIdempotentRepository() {
        return idempotentRepository;
    }

    public void setIdempotentRepository(IdempotentRepository idempotentRepository) {
        this.idempotentRepository = idempotentRepository;
    }

    public boolean isDeleteOnStop() {
        return deleteOnStop;
    }

    public void setDeleteOnStop(boolean deleteOnStop) {
        this.deleteOnStop = deleteOnStop;
    }

    TwilioUsageConfiguration copy() {
        try {
            return (TwilioUsageConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }
}
