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
 * The HTTP client. A Camel HTTP component of our own creates it, because the options of the context's {@code http}
 * component are the user's. HttpClient's own retries, redirects, cookies and cached credentials are off: they would
 * send a POST twice, follow a redirect with credentials, or sleep for as long as the server says.
 */
final class HttpClientService extends ServiceSupport {
    // Twilio sends about twenty headers of up to 200 characters each.
    private static final int MAX_HEADERS = 100;
    private static final int MAX_HEADER_LENGTH = 8 * 1024;

    private final HttpComponent component = new HttpComponent();
    private HttpEndpoint endpoint;

    /** @param options has the timeouts and the proxy */
    HttpClientService(TwilioUsageComponent options, SSLContext tls) {
        Timeout connectTimeout = positive("connectTimeout", options.getConnectTimeout());
        Timeout responseTimeout = positive("responseTimeout", options.getResponseTimeout());
        HttpHost proxy = proxy(options);
        component.setCamelContext(options.getCamelContext());
        // Camel's own connection manager limits neither the length of headers nor their number.
        component.setClientConnectionManager(connections(connectTimeout, responseTimeout, tls));
        component.setResponseTimeout(responseTimeout.toMilliseconds());
        component.setHttpClientConfigurer(builder -> builder
                .disableAutomaticRetries().disableRedirectHandling().disableCookieManagement().disableAuthCaching()
                .setRoutePlanner(httpsThrough(proxy))
                .addExecInterceptorFirst("proxy", HttpClientService::rejectProxyResponse)
                .addResponseInterceptorFirst(HttpClientService::rejectRepeatedEncoding));
    }

    // HttpClient would wait forever for a timeout of zero.
    private static Timeout positive(String option, Duration timeout) {
        if (timeout.toMillis() < 1) {
            throw new OptionValue(option, timeout).invalid("must be a positive duration, for example 5s");
        }
        return Timeout.of(timeout);
    }

    private static HttpHost proxy(TwilioUsageComponent options) {
        if (options.getProxyHost() != null) {
            return proxy("", options.getProxyHost(), options.getProxyPort());
        }
        CamelContext context = options.getCamelContext();
        String host = context.getGlobalOption("http.proxyHost");
        return host == null ? null : proxy("http.", host, context.getGlobalOption("http.proxyPort"));
    }

    private static HttpHost proxy(String prefix, String host, Object port) {
        if (port == null) {
            throw new IllegalArgumentException(prefix + "proxyPort is missing: " + prefix + "proxyHost=" + host
                    + " needs a port");
        }
        return new HttpHost(host, new OptionValue(prefix + "proxyPort", port).asWholeNumber(1, 65535));
    }

    HttpClient client() {
        return endpoint.getHttpClient();
    }

    @Override
    protected void doStart() throws Exception {
        ServiceHelper.startService(component);
        // The URL only names the endpoint: each request has its own.
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
                        .setMaxHeaderCount(MAX_HEADERS).setMaxLineLength(MAX_HEADER_LENGTH).build()).build())
                .setDefaultConnectionConfig(
                        ConnectionConfig.custom().setConnectTimeout(connect).setSocketTimeout(response).build())
                // The permits of each account limit its requests, and thus its connections.
                .setMaxConnPerRoute(Integer.MAX_VALUE).setMaxConnTotal(Integer.MAX_VALUE).build();
    }

    private static DefaultRoutePlanner httpsThrough(HttpHost proxy) {
        return new DefaultRoutePlanner(null) {
            @Override
            protected HttpHost determineProxy(HttpHost target, HttpContext context) {
                // Plain HTTP is for localhost only: through a proxy, credentials would leave this machine unencrypted.
                return URIScheme.HTTPS.same(target.getSchemeName()) ? proxy : null;
            }
        };
    }

    /** Rejects a proxy's own response, which HttpClient would take for the response of the server behind it. */
    private static ClassicHttpResponse rejectProxyResponse(ClassicHttpRequest request, ExecChain.Scope scope,
                                                           ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        if (scope.route.isSecure() && scope.clientContext.getSSLSession() == null) {
            response.close();
            throw new ConnectException("the proxy did not connect: it responded with HTTP " + response.getCode());
        }
        return response;
    }

    /** HttpClient decompresses recursively, so a header with many encodings would overflow the stack. */
    private static void rejectRepeatedEncoding(HttpResponse response, EntityDetails content, HttpContext context)
            throws ProtocolException {
        if (content != null && content.getContentEncoding() != null && content.getContentEncoding().contains(",")) {
            throw new ProtocolException("encoded more than once");
        }
    }
}
