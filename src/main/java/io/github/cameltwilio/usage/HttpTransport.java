package io.github.cameltwilio.usage;

import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * The HTTP client that Camel HTTP makes, with its pool, TLS and proxy, from a component of our own: the options of
 * the context's {@code http} component are its user's. Whatever HttpClient would do behind our back is off, because it
 * would repeat a POST, follow a redirect with credentials, or sleep for as long as the other side says.
 */
final class HttpTransport extends ServiceSupport {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 30_000;

    private final HttpComponent component = new HttpComponent();
    private HttpEndpoint endpoint;

    HttpTransport(CamelContext context) {
        component.setCamelContext(context);
        component.setConnectTimeout(CONNECT_MILLIS);
        component.setConnectionRequestTimeout(ANSWER_MILLIS);
        component.setResponseTimeout(ANSWER_MILLIS);
        component.setSoTimeout(ANSWER_MILLIS);
        component.setHttpClientConfigurer(HttpTransport::nothingBehindOurBack);
    }

    HttpClient client() {
        return endpoint.getHttpClient();
    }

    private static void nothingBehindOurBack(HttpClientBuilder builder) {
        builder.disableAutomaticRetries().disableRedirectHandling().disableCookieManagement().disableAuthCaching();
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
