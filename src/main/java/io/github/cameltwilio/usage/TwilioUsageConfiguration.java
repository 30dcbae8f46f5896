package io.github.cameltwilio.usage;

import java.time.Duration;

import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.Recurring;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.TriggerBy;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** Every option, described once. The component has them too, as the defaults of its endpoints. */
@UriParams
public class TwilioUsageConfiguration implements Cloneable {

    @UriParam(label = "security", description = "SID of the account whose usage is read: AC and 32 hexadecimal digits.")
    private String accountSid;

    @UriParam(label = "security", secret = true,
            description = "The account's auth token. Give this, or apiKey and secretKey, or clientId and clientSecret.")
    private String authToken;

    @UriParam(label = "security", secret = true,
            description = "SID of an API key (SK...) of the account, to use with secretKey in place of authToken."
                    + " Twilio lets no API key of a main account read a subaccount.")
    private String apiKey;

    @UriParam(label = "security", secret = true, description = "The secret of apiKey.")
    private String secretKey;

    @UriParam(label = "security", secret = true,
            description = "Client id (OQ...) of an OAuth app of the account, to use with clientSecret in place of"
                    + " authToken. Twilio lets it read no subaccount, and has such apps in us1 only.")
    private String clientId;

    @UriParam(label = "security", secret = true,
            description = "The secret of clientId. Twilio gives an access token for it, which is renewed before it ends.")
    private String clientSecret;

    @UriParam(label = "common",
            description = "The Twilio region that holds the account's data, such as ie1 or au1. Credentials belong to"
                    + " one region. Twilio's default is us1.")
    private String region;

    @UriParam(label = "common",
            description = "The Twilio edge that the request enters by, such as dublin or sydney. Without a region"
                    + " it leads to us1.")
    private String edge;

    @UriParam(label = "advanced",
            description = "Scheme, host and port to ask in place of Twilio's, for access tokens too, such as a"
                    + " simulator's. Must be https, but for the machine itself (localhost), where http will do.")
    private String baseUrl;

    @UriParam(label = "producer", defaultValue = "list", description = "What to do with the resource.")
    private TwilioUsageAction action = TwilioUsageAction.list;

    @UriParam(label = "common", defaultValue = "none",
            description = "Which of Twilio's lists of usage records to read: none for one total a category over the"
                    + " window, or one of its subresources. A consumer of daily, monthly or yearly moves its"
                    + " window with time.")
    private Subresource subresource = Subresource.none;

    @UriParam(label = "common",
            description = "Only these categories, with commas between them, such as sms,calls. Any category that"
                    + " Twilio has will do. Each takes a request of its own. All categories if not given.")
    private String category;

    @UriParam(label = "common",
            description = "The first day, in UTC: 2026-01-31, an offset such as -30days, today or yesterday. A"
                    + " producer leaves it to Twilio if not given, and then daily, monthly and yearly begin"
                    + " with the account. For a consumer it bounds the first pass, which otherwise begins with"
                    + " the look-back.")
    private String startDate;

    @UriParam(label = "common",
            description = "The last day, included, in UTC, in the forms of startDate. Twilio's today if not given.")
    private String endDate;

    @UriParam(label = "common", defaultValue = "true",
            description = "Whether the usage of subaccounts is folded into the account's records. Twilio does so"
                    + " unless told not to.")
    private boolean includeSubaccounts = true;

    @UriParam(label = "common",
            description = "Whether to read the account and each of its subaccounts by itself, so that each usage is"
                    + " there once and under the account that it is of, in place of includeSubaccounts.")
    private boolean splitSubaccounts;

    @UriParam(label = "common", defaultValue = "all",
            description = "Twilio's categories overlap. Whether to keep all of them, only totalprice, which is the bill,"
                    + " or only those that hold no other, with a last record, unattributed, for what these are"
                    + " short of totalprice. leaf does not go with outputType=stream.")
    private Rollup rollup = Rollup.all;

    @UriParam(label = "common", defaultValue = "100",
            description = "Records a request, 1 to 1000. Twilio has been seen to fail on large pages of many"
                    + " categories.")
    private int pageSize = 100;

    @UriParam(label = "common", defaultValue = "1",
            description = "How many requests for parts of a long window, for several categories and for several"
                    + " subaccounts may be under way at once. The order stays as it is. With 1, too, the next page is"
                    + " fetched while one is processed.")
    private int parallelRequests = 1;

    @UriParam(label = "producer", defaultValue = "list",
            description = "Whether the body is a list, or an iterator that fetches page by page while it is read and"
                    + " ends with the exchange.")
    private OutputType outputType = OutputType.list;

    @UriParam(label = "consumer", defaultValue = "true",
            description = "Whether each new or changed record is an exchange of its own. Otherwise those of a page"
                    + " are one exchange with a list.")
    private boolean splitResult = true;

    @UriParam(label = "consumer", defaultValue = "true",
            description = "Whether records without any count, usage or price are left out, as long as they correct"
                    + " nothing that was delivered before. Twilio lists every category for every day, used or"
                    + " not.")
    private boolean skipEmpty = true;

    @UriParam(label = "consumer", defaultValue = "3d",
            description = "How far behind the newest day that was read whole to look for Twilio's corrections, in"
                    + " whole days.")
    private Duration lookback = Duration.ofDays(3);

    @UriParam(label = "consumer", defaultValue = "0",
            description = "The most exchanges that a poll delivers; the others are left to the next polls. No limit if"
                    + " 0.")
    private int maxMessagesPerPoll;

    @UriParam(label = "consumer",
            description = "The file that keeps the consumer's position over restarts and crashes, one file for each"
                    + " consumer. Its directory must exist. Without it, and without stateRepository, the position"
                    + " is lost when the process ends.")
    private String stateFile;

    @UriParam(label = "consumer,advanced",
            description = "The home of the consumer's position in place of stateFile, such as a"
                    + " JdbcUsageStateRepository that several nodes share.")
    private UsageStateRepository stateRepository;

    @UriParam(label = "producer",
            description = "SID of the trigger to fetch, update or delete: UT and 32 hexadecimal digits.")
    private String triggerSid;

    @UriParam(label = "common",
            description = "The address that Twilio is to call when the trigger fires. A webhook's own address"
                    + " if not given.")
    private String callbackUrl;

    @UriParam(label = "common",
            description = "The value of the usage that fires the trigger: a positive number. For create also"
                    + " one with a plus sign before it, for so much more than now. In a URI, write it in RAW().")
    private String triggerValue;

    @UriParam(label = "common",
            description = "The category that the trigger watches. For list and prune: only triggers of this"
                    + " category.")
    private String usageCategory;

    @UriParam(label = "common",
            description = "How Twilio is to call the address. Twilio's default is POST.")
    private CallbackMethod callbackMethod;

    @UriParam(label = "common",
            description = "The name of the trigger, of 64 characters at the most. Ensure and a webhook know"
                    + " their trigger by it, and make one from category, figure, value and recurrence if"
                    + " not given.")
    private String friendlyName;

    @UriParam(label = "common",
            description = "How often the trigger may fire: daily, monthly, yearly, or alltime for once, which"
                    + " is the default. For list: only such triggers.")
    private Recurring recurring;

    @UriParam(label = "common",
            description = "The figure that the trigger watches. Twilio's default is usage. For list and prune:"
                    + " only such triggers.")
    private TriggerBy triggerBy;

    @UriParam(label = "common", defaultValue = "fail",
            description = "What ensure and a webhook do with a trigger of the same name whose value, category,"
                    + " figure or recurrence is another one, which Twilio lets nobody change: fail, or"
                    + " replace it.")
    private OnDifference onDifference = OnDifference.fail;

    @UriParam(label = "producer",
            description = "Whether prune only lists what it would delete.")
    private boolean dryRun;

    @UriParam(label = "webhook,security", secret = true,
            description = "More auth tokens to verify callbacks with, with commas between them: the next one"
                    + " while tokens are rotated, or the only ones where an API key or an OAuth app signs in."
                    + " Twilio signs with the auth token, with nothing else.")
    private String authTokens;

    @UriParam(label = "webhook,security", defaultValue = "true",
            description = "Whether a callback must carry Twilio's signature. Without it anyone who knows the"
                    + " address can raise an alert: leave it on.")
    private boolean validateSignature = true;

    @UriParam(label = "webhook", defaultValue = "24h",
            description = "How long after its firing a callback is accepted, and how long before it, for clocks"
                    + " that differ. Twilio's signature has no time of its own.")
    private Duration callbackMaxAge = Duration.ofHours(24);

    @UriParam(label = "webhook,advanced",
            description = "Where the tokens of processed callbacks are kept, so that none is processed twice."
                    + " In memory if not given: shared by nodes, and over restarts, with a repository of"
                    + " your own.")
    private IdempotentRepository idempotentRepository;

    @UriParam(label = "webhook",
            description = "Whether the trigger that a webhook made sure of is deleted when the route stops. A"
                    + " deleted trigger misses what happens while the process is down.")
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
        this.lookback = lookback;
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
        this.callbackMaxAge = callbackMaxAge;
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
