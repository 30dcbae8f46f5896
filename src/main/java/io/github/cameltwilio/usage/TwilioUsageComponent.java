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
import io.github.cameltwilio.usage.client.Credentials;
import io.github.cameltwilio.usage.client.Retries;
import io.github.cameltwilio.usage.client.TwilioClock;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import org.apache.camel.Endpoint;
import org.apache.camel.SSLContextParametersAware;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.HealthCheckComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.hc.core5.ssl.SSLContexts;

/** Creates the endpoints, whose options default to those of the component, and which share its HTTP client. */
@Component("twilio-usage")
public class TwilioUsageComponent extends HealthCheckComponent implements SSLContextParametersAware {

    @Metadata(description = "The default options of the endpoints.")
    private TwilioUsageConfiguration configuration = new TwilioUsageConfiguration();

    @Metadata(label = "advanced", defaultValue = "10",
            description = "Maximum number of concurrent requests per account, over all endpoints of the component."
                    + " Further requests wait. Twilio limits this number per account, and your other applications"
                    + " count too.")
    private int maxRequestsInFlight = 10;

    @Metadata(label = "timeout", defaultValue = "5s",
            description = "Timeout for connecting and for each step of the TLS handshake.")
    private Duration connectTimeout = Duration.ofSeconds(5);

    @Metadata(label = "timeout", defaultValue = "30s",
            description = "How long to wait for data, before a response starts and while it is being received.")
    private Duration responseTimeout = Duration.ofSeconds(30);

    @Metadata(label = "proxy",
            description = "Host name of the HTTP proxy. Defaults to Camel's global options http.proxyHost and"
                    + " http.proxyPort. Plain HTTP requests to localhost bypass the proxy.")
    private String proxyHost;

    @Metadata(label = "proxy", description = "Port number of the HTTP proxy.")
    private Integer proxyPort;

    @Metadata(label = "security",
            description = "The TLS configuration. Defaults to that of the JVM.")
    private SSLContextParameters sslContextParameters;

    @Metadata(label = "security", defaultValue = "false",
            description = "Whether to use Camel's global SSL context parameters if sslContextParameters is not set.")
    private boolean useGlobalSslContextParameters;

    private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();
    private final Map<Credentials, Authenticator> authenticators = new ConcurrentHashMap<>();
    private final Map<URI, TwilioClock> clocks = new ConcurrentHashMap<>();
    private final UriSecrets uriSecrets = new UriSecrets();
    private final Set<UsageConsumer> consumers = new CopyOnWriteArraySet<>();
    private Clock clock = Clock.systemUTC();
    private LongSupplier nanoTime = System::nanoTime;
    // Twilio serves a page of 1000 records in a second or two. A response that takes thirty times as long is dead.
    private Duration maxExchangeTime = Duration.ofMinutes(1);
    private Retries.Sleeper pause = time -> Thread.sleep(time.toMillis());
    private HttpClientService transport;
    private ExecutorService fetchers;
    private Retries retries;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        TwilioUsageResource resource = new OptionValue("resource", remaining).asOneOf(TwilioUsageResource.class);
        uriSecrets.reveal(parameters);
        String shown = uriSecrets.hide(uri, parameters);
        TwilioUsageEndpoint endpoint = new TwilioUsageEndpoint(shown, this, resource, configuration.copy(),
                Set.copyOf(parameters.keySet()));
        parameters.replaceAll((option, value) -> checked(resource, new OptionValue(option, value)));
        setProperties(endpoint, parameters);
        return endpoint;
    }

    private Object checked(TwilioUsageResource resource, OptionValue option) {
        if (option.name().equals("action") && option.value() instanceof String) {
            return option.asOneOf(resource.actions(), "is not supported by " + resource + ", which supports: ");
        }
        return new CheckedConfigurer(getEndpointPropertyConfigurer()).checked(option);
    }

    /** Checks options that properties set on the component, as the options of an endpoint are checked. */
    @Override
    public PropertyConfigurer getComponentPropertyConfigurer() {
        PropertyConfigurer generated = super.getComponentPropertyConfigurer();
        return generated == null ? null : new CheckedConfigurer(generated);
    }

    @Override
    protected void doStart() throws Exception {
        if (maxRequestsInFlight < 1) {
            throw new OptionValue("maxRequestsInFlight", maxRequestsInFlight).invalid("must be at least 1");
        }
        transport = new HttpClientService(this, tls());
        ServiceHelper.startService(transport);
        fetchers = getCamelContext().getExecutorServiceManager().newCachedThreadPool(this, "TwilioUsageFetch");
        super.doStart();
    }

    private SSLContext tls() throws GeneralSecurityException, IOException {
        SSLContextParameters parameters = sslContextParameters != null ? sslContextParameters
                : retrieveGlobalSslContextParameters();
        return parameters == null ? SSLContexts.createDefault() : parameters.createSSLContext(getCamelContext());
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        OpenStates.abandon(this);
        if (fetchers != null) {
            getCamelContext().getExecutorServiceManager().shutdownNow(fetchers);
        }
        ServiceHelper.stopAndShutdownService(transport);
        // Forgets the access tokens.
        authenticators.clear();
        clocks.clear();
    }

    synchronized TwilioUsageClient client(TwilioUsageConfiguration options) {
        if (retries == null) {
            retries = new Retries(clock, pause, new Random());
        }
        URI baseUrl = AccountOptions.baseUrl(options);
        return new TwilioUsageClient(transport.client(), baseUrl,
                authenticators.computeIfAbsent(AccountOptions.credentials(options),
                        credentials -> new Authenticator(credentials, clock)),
                clocks.computeIfAbsent(baseUrl, url -> new TwilioClock(clock, nanoTime)), retries, fetchers,
                permits.computeIfAbsent(options.getAccountSid(), account -> new Semaphore(maxRequestsInFlight, true)),
                maxExchangeTime).forAccount(AccountOptions.account(options));
    }

    /** All live consumers of this component. */
    Set<UsageConsumer> consumers() {
        return consumers;
    }

    /** The threads that wait for Twilio. */
    ExecutorService fetchers() {
        return fetchers;
    }

    Clock clock() {
        return clock;
    }

    void setClock(Clock clock) {
        this.clock = clock;
        this.nanoTime = () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos();
    }

    Retries.Sleeper pause() {
        return pause;
    }

    void setPause(Retries.Sleeper pause) {
        this.pause = pause;
    }

    void setMaxExchangeTime(Duration maxExchangeTime) {
        this.maxExchangeTime = maxExchangeTime;
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
        this.connectTimeout = new OptionValue("connectTimeout", connectTimeout).asDuration();
    }

    public Duration getResponseTimeout() {
        return responseTimeout;
    }

    public void setResponseTimeout(Duration responseTimeout) {
        this.responseTimeout = new OptionValue("responseTimeout", responseTimeout).asDuration();
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
