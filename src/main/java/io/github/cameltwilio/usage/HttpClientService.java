package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;

import javax.net.ssl.SSLContext;

import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client that Camel HTTP makes, from a component of our own: the options of the context's {@code http} component
 * are its user's. Whatever HttpClient would do behind our back is off, because it would repeat a POST, follow a redirect
 * with credentials, or sleep for as long as the other side says.
 */
final class HttpClientService extends ServiceSupport {
    // Twilio sends about twenty headers, none of which is longer than 200 characters.
    private static final int MOST_HEADERS = 100;
    private static final int LONGEST_HEADER = 8 * 1024;

    private final HttpComponent component = new HttpComponent();
    private HttpEndpoint endpoint;

    /**
     * @param connectTimeout  until a connection is there, and for each step of the TLS handshake
     * @param responseTimeout between two pieces of an answer
     * @param proxy           null for none
     */
    HttpClientService(CamelContext context, Duration connectTimeout, Duration responseTimeout, SSLContext tls,
                      HttpHost proxy) {
        component.setCamelContext(context);
        // Camel's own bounds neither the headers of an answer nor how many there are.
        component.setClientConnectionManager(connections(Timeout.of(connectTimeout), Timeout.of(responseTimeout), tls));
        component.setResponseTimeout(responseTimeout.toMillis());
        component.setHttpClientConfigurer(builder -> builder
                .disableAutomaticRetries().disableRedirectHandling().disableCookieManagement().disableAuthCaching()
                .setRoutePlanner(encryptedThrough(proxy))
                .addExecInterceptorFirst("proxy", HttpClientService::onlyTheTarget)
                .addResponseInterceptorFirst(HttpClientService::packedOnce));
    }

    HttpClient client() {
        return endpoint.getHttpClient();
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

    private static PoolingHttpClientConnectionManager connections(Timeout connect, Timeout response, SSLContext tls) {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls))
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder().http1Config(Http1Config.custom()
                        .setMaxHeaderCount(MOST_HEADERS).setMaxLineLength(LONGEST_HEADER).build()).build())
                .setDefaultConnectionConfig(
                        ConnectionConfig.custom().setConnectTimeout(connect).setSocketTimeout(response).build())
                // How many there are is bounded for each account, and by nothing else.
                .setMaxConnPerRoute(Integer.MAX_VALUE).setMaxConnTotal(Integer.MAX_VALUE).build();
    }

    private static DefaultRoutePlanner encryptedThrough(HttpHost proxy) {
        return new DefaultRoutePlanner(null) {
            @Override
            protected HttpHost determineProxy(HttpHost target, HttpContext context) {
                // Plain http is for this machine alone: through a proxy it would carry the credentials out of it.
                return URIScheme.HTTPS.same(target.getSchemeName()) ? proxy : null;
            }
        };
    }

    /** HttpClient takes what a proxy says in place of connecting, in clear, for the answer of the server behind it. */
    private static ClassicHttpResponse onlyTheTarget(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse answer = chain.proceed(request, scope);
        if (scope.route.isSecure() && scope.clientContext.getSSLSession() == null) {
            answer.close();
            throw new ConnectException("the proxy answered HTTP " + answer.getCode() + " and did not connect");
        }
        return answer;
    }

    /** HttpClient unpacks as often as a header says, one call within the other, until there is no stack left. */
    private static void packedOnce(HttpResponse answer, EntityDetails content, HttpContext context)
            throws ProtocolException {
        if (content != null && content.getContentEncoding() != null && content.getContentEncoding().contains(",")) {
            throw new ProtocolException("packed more than once");
        }
    }
}
