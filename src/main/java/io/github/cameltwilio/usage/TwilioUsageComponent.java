package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

import javax.net.ssl.SSLContext;

import io.github.cameltwilio.usage.client.Authenticator;
import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.Credentials;
import io.github.cameltwilio.usage.client.Recurring;
import io.github.cameltwilio.usage.client.Retries;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.TriggerBy;
import io.github.cameltwilio.usage.client.TwilioClock;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import org.apache.camel.Endpoint;
import org.apache.camel.SSLContextParametersAware;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.HealthCheckComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.ssl.SSLContexts;

/** Makes the endpoints, gives them its options as defaults, and shares one pool of connections among them. */
@Component("twilio-usage")
public class TwilioUsageComponent extends HealthCheckComponent implements SSLContextParametersAware {

    @Metadata(description = "The options that endpoints begin with.")
    private TwilioUsageConfiguration configuration = new TwilioUsageConfiguration();

    @Metadata(label = "advanced", defaultValue = "10",
            description = "How many requests of one account may be in flight at once, over all endpoints of the component."
                    + " Further ones wait. Twilio limits this number for an account, and your senders of messages"
                    + " share it.")
    private int maxRequestsInFlight = 10;

    @Metadata(label = "timeout", defaultValue = "5s",
            description = "How long it may take to connect, and each step of the TLS handshake.")
    private Duration connectTimeout = Duration.ofSeconds(5);

    @Metadata(label = "timeout", defaultValue = "30s",
            description = "How long Twilio may be silent, before its answer and in the middle of it.")
    private Duration responseTimeout = Duration.ofSeconds(30);

    @Metadata(label = "proxy",
            description = "The host of an HTTP proxy to reach Twilio by; by default the one of Camel's global options"
                    + " http.proxyHost and http.proxyPort, if there is one. What is asked by plain http, on the"
                    + " machine itself, is asked directly.")
    private String proxyHost;

    @Metadata(label = "proxy", description = "The port of proxyHost.")
    private Integer proxyPort;

    @Metadata(label = "security",
            description = "Whom to trust, and how to encrypt, in place of what the JVM does.")
    private SSLContextParameters sslContextParameters;

    @Metadata(label = "security", defaultValue = "false",
            description = "Whether to take Camel's global SSL parameters where sslContextParameters are not given.")
    private boolean useGlobalSslContextParameters;

    private final Map<String, Semaphore> inFlight = new ConcurrentHashMap<>();
    private final Map<Credentials, Authenticator> signIns = new ConcurrentHashMap<>();
    private final Map<URI, TwilioClock> clocks = new ConcurrentHashMap<>();
    private final UriSecrets uriSecrets = new UriSecrets();
    private final Set<UsageConsumer> consumers = new CopyOnWriteArraySet<>();
    private final ConsumerState.Registry states = new ConsumerState.Registry();
    private Clock clock = Clock.systemUTC();
    private LongSupplier nanoTime = System::nanoTime;
    // A page of 1000 records takes Twilio a second or two. Thirty times that is an answer that will not come.
    private Duration longestExchange = Duration.ofMinutes(1);
    private Retries.Sleeper pause = time -> Thread.sleep(time.toMillis());
    private HttpClientService transport;
    private ExecutorService fetchers;
    private Retries retries;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        TwilioUsageResource resource = new OptionValue("resource", remaining).asOneOf(TwilioUsageResource.class);
        uriSecrets.reveal(parameters);
        String shown = uriSecrets.hide(uri, parameters);
        TwilioUsageEndpoint endpoint = resource == TwilioUsageResource.triggers && hasWebhooks()
                ? TriggersWebhookEndpoint.of(shown, this, configuration.copy())
                : new TwilioUsageEndpoint(shown, this, resource, configuration.copy());
        // Camel would refuse a wrong word too, but not say which words there are.
        parameters.computeIfPresent("action",
                (name, word) -> new OptionValue(name, word).asOneOf(resource.actions()));
        word(parameters, "subresource", Subresource.class);
        word(parameters, "outputType", OutputType.class);
        word(parameters, "rollup", Rollup.class);
        word(parameters, "callbackMethod", CallbackMethod.class);
        word(parameters, "recurring", Recurring.class);
        word(parameters, "triggerBy", TriggerBy.class);
        word(parameters, "onDifference", OnDifference.class);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /**
     * Whether camel-webhook is there, without which the endpoint of webhooks cannot be loaded. This class is asked and not
     * Camel, because in Karaf Camel sees what the bundle of the route does.
     */
    private static boolean hasWebhooks() {
        try {
            Class.forName("org.apache.camel.component.webhook.WebhookCapableEndpoint");
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static <E extends Enum<E>> void word(Map<String, Object> parameters, String option, Class<E> words) {
        parameters.computeIfPresent(option, (name, word) -> new OptionValue(name, word).asOneOf(words));
    }

    @Override
    protected void doStart() throws Exception {
        if (maxRequestsInFlight < 1) {
            throw new OptionValue("maxRequestsInFlight", maxRequestsInFlight).wrong("lets no request out: 1 or more");
        }
        transport = new HttpClientService(getCamelContext(), limit("connectTimeout", connectTimeout, "5s"),
                limit("responseTimeout", responseTimeout, "30s"), tls(), proxy());
        ServiceHelper.startService(transport);
        fetchers = getCamelContext().getExecutorServiceManager().newCachedThreadPool(this, "TwilioUsageFetch");
        super.doStart();
    }

    private static Duration limit(String option, Duration time, String usual) {
        if (time.toMillis() < 1) {
            throw new OptionValue(option, time).wrong("is no time to wait: such as " + usual);
        }
        return time;
    }

    private SSLContext tls() throws GeneralSecurityException, IOException {
        SSLContextParameters given = sslContextParameters != null ? sslContextParameters
                : retrieveGlobalSslContextParameters();
        return given == null ? SSLContexts.createDefault() : given.createSSLContext(getCamelContext());
    }

    private HttpHost proxy() {
        boolean global = proxyHost == null;
        String host = global ? getCamelContext().getGlobalOption("http.proxyHost") : proxyHost;
        Object port = global ? getCamelContext().getGlobalOption("http.proxyPort") : proxyPort;
        String prefix = global ? "http." : "";
        if (host == null) {
            return null;
        }
        if (port == null) {
            throw new IllegalArgumentException(prefix + "proxyPort is missing beside " + prefix + "proxyHost=" + host);
        }
        return new HttpHost(host, new OptionValue(prefix + "proxyPort", port).asWholeNumber(1, 65535));
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        states.close();
        if (fetchers != null) {
            getCamelContext().getExecutorServiceManager().shutdownNow(fetchers);
        }
        ServiceHelper.stopAndShutdownService(transport);
        // Access tokens go with them.
        signIns.clear();
        clocks.clear();
    }

    synchronized TwilioUsageClient client(TwilioUsageConfiguration options) {
        if (retries == null) {
            retries = new Retries(clock, pause, new Random());
        }
        URI baseUrl = AccountOptions.baseUrl(options);
        return new TwilioUsageClient(transport.client(), baseUrl,
                signIns.computeIfAbsent(AccountOptions.credentials(options), one -> new Authenticator(one, clock)),
                clocks.computeIfAbsent(baseUrl, server -> new TwilioClock(clock, nanoTime)), retries, fetchers,
                inFlight.computeIfAbsent(options.getAccountSid(), account -> new Semaphore(maxRequestsInFlight, true)),
                longestExchange);
    }

    /** Those that are, polling or not. */
    Set<UsageConsumer> consumers() {
        return consumers;
    }

    ConsumerState.Registry states() {
        return states;
    }

    /** The threads that wait for Twilio. */
    ExecutorService fetchers() {
        return fetchers;
    }

    Clock clock() {
        return clock;
    }

    /** For tests. Users have the clock of their machine, and consumers Twilio's. */
    void setClock(Clock clock) {
        this.clock = clock;
        this.nanoTime = () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos();
    }

    Retries.Sleeper pause() {
        return pause;
    }

    /** For tests, which have no time to wait. */
    void setPause(Retries.Sleeper pause) {
        this.pause = pause;
    }

    /** For tests, which have no time to wait. */
    void setLongestExchange(Duration longestExchange) {
        this.longestExchange = longestExchange;
    }

    public int getMaxRequestsInFlight() {
        return maxRequestsInFlight;
    }

    public void setMaxRequestsInFlight(int maxRequestsInFlight) {
        this.maxRequestsInFlight = maxRequestsInFlight;
    }

    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public Duration getResponseTimeout() {
        return responseTimeout;
    }

    public void setResponseTimeout(Duration responseTimeout) {
        this.responseTimeout = responseTimeout;
    }

    public String getProxyHost() {
        return proxyHost;
    }

    public void setProxyHost(String proxyHost) {
        this.proxyHost = proxyHost;
    }

    public Integer getProxyPort() {
        return proxyPort;
    }

    public void setProxyPort(Integer proxyPort) {
        this.proxyPort = proxyPort;
    }

    public SSLContextParameters getSslContextParameters() {
        return sslContextParameters;
    }

    public void setSslContextParameters(SSLContextParameters sslContextParameters) {
        this.sslContextParameters = sslContextParameters;
    }

    @Override
    public boolean isUseGlobalSslContextParameters() {
        return useGlobalSslContextParameters;
    }

    @Override
    public void setUseGlobalSslContextParameters(boolean useGlobalSslContextParameters) {
        this.useGlobalSslContextParameters = useGlobalSslContextParameters;
    }

    public TwilioUsageConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(TwilioUsageConfiguration configuration) {
        this.configuration = configuration;
    }
}
