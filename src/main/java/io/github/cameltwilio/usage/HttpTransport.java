package io.github.cameltwilio.usage;

import java.time.Duration;

import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * The HTTP client that Camel HTTP makes, with its pool and its TLS, from a component of our own: the options of
 * the context's {@code http} component are its user's. Whatever HttpClient would do behind our back is off, because it
 * would repeat a POST, follow a redirect with credentials, or sleep for as long as the other side says.
 */
final class HttpTransport extends ServiceSupport {
    private final HttpComponent component = new HttpComponent();
    private final HttpHost proxy;
    private HttpEndpoint endpoint;

    /**
     * @param connectTimeout  until a connection is there, and for each step of the TLS handshake
     * @param responseTimeout between two pieces of an answer, and until a connection of the pool is free
     * @param tls             null for what the JVM trusts
     * @param proxy           null for none
     */
    HttpTransport(CamelContext context, Duration connectTimeout, Duration responseTimeout, SSLContextParameters tls,
                  HttpHost proxy) {
        this.proxy = proxy;
        component.setCamelContext(context);
        component.setConnectTimeout(connectTimeout.toMillis());
        component.setConnectionRequestTimeout(responseTimeout.toMillis());
        component.setResponseTimeout(responseTimeout.toMillis());
        component.setSoTimeout(responseTimeout.toMillis());
        component.setSslContextParameters(tls);
        component.setHttpClientConfigurer(this::nothingBehindOurBack);
    }

    HttpClient client() {
        return endpoint.getHttpClient();
    }

    private void nothingBehindOurBack(HttpClientBuilder builder) {
        builder.disableAutomaticRetries().disableRedirectHandling().disableCookieManagement().disableAuthCaching()
                .setRoutePlanner(new DefaultRoutePlanner(null) {
                    @Override
                    protected HttpHost determineProxy(HttpHost target, HttpContext context) {
                        // Plain http is for this machine alone: through a proxy it would carry the credentials out of it.
                        return URIScheme.HTTPS.same(target.getSchemeName()) ? proxy : null;
                    }
                });
    }

    @Override
    protected void doStart() throws Exception {
        ServiceHelper.startService(component);
        // The address is only a name for the endpoint: requests carry their own.
        endpoint = (HttpEndpoint) component.createEndpoint("https://api.twilio.com");
        ServiceHelper.startService(endpoint);
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopAndShutdownServices(endpoint, component);
    }
}
