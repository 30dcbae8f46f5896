package io.github.cameltwilio.usage;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.client.EnsureTrigger;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.spi.RestConfiguration;
import org.apache.camel.spi.RestConsumerFactory;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives Twilio's callbacks from one of Camel's HTTP engines, which serves the path while the route runs. The trigger
 * is ensured once the path is served, so that no callback arrives too early.
 */
final class CallbacksConsumer extends DefaultConsumer implements Suspendable, ShutdownAware {
    private static final Logger LOG = LoggerFactory.getLogger(CallbacksConsumer.class);
    // An account has at most 1,000 triggers, each fires at most once a day, and callbacks expire after a day. Each has
    // two keys.
    private static final int MAX_KEYS_IN_MEMORY = 4_000;
    // The engines of the runtimes come first: others may be on the class path for their clients only.
    private static final List<String> ENGINES = List.of("platform-http", "servlet", "jetty", "undertow", "netty-http");
    // All methods, so that the wrong ones get this component's response and not the engine's.
    private static final String METHODS = "GET,POST,PUT,DELETE,PATCH,HEAD,OPTIONS,TRACE";
    // Engines decode other characters differently, take them for wildcards, or never match them.
    private static final Pattern PLAIN_PATH = Pattern.compile("(?!.*//)[A-Za-z0-9/._:,=@!$'()+&-]*");
    // Shared by all components, because the components of a context share its engines.
    private static final Set<ServedPath> SERVED_PATHS = ConcurrentHashMap.newKeySet();
    private static final Pattern PATH = Pattern.compile("https?://[^/?#]*(?<path>[^?#]*).*", Pattern.DOTALL);

    private final TwilioUsageEndpoint endpoint;
    private final TwilioUsageConfiguration options;
    private CallbackLedger ledger;
    private Consumer server;
    private ServedPath servedPath;
    private String registered;

    /** @param path in lower case unless the paths of the engine are case-sensitive */
    private record ServedPath(CamelContext context, String engine, String path) {
    }

    CallbacksConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.options = endpoint.getConfiguration();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        TriggerOptions trigger = trigger();
        CallbackVerifier verifier = new CallbackVerifier(address(), ConfiguredSecrets.of(options, trigger != null),
                options, endpoint.getComponent().clock());
        if (!options.isValidateSignature()) {
            LOG.warn("{} accepts unsigned callbacks (validateSignature=false)", endpoint);
        }
        // When one of them fails, Camel stops this consumer, which releases the rest.
        ledger = ledger();
        serve(new CallbackProcessor(this, verifier, ledger));
        register(trigger);
    }

    /** Camel calls this before it stops the route, while the engine can still respond to the callbacks in flight. */
    @Override
    protected void doSuspend() {
        ledger.close();
    }

    @Override
    protected void doResume() {
        ledger.reopen();
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask shutdownRunningTask) {
        return false;
    }

    /** While a route stops, Camel waits until none are pending, so that each callback gets its response. */
    @Override
    public int getPendingExchangesSize() {
        return ledger == null ? 0 : ledger.pending();
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // There is nothing to prepare.
    }

    @Override
    protected void doStop() throws Exception {
        try {
            if (registered != null && options.isDeleteOnStop()) {
                endpoint.client().deleteTrigger(registered);
            }
        } finally {
            registered = null;
            release();
            super.doStop();
        }
    }

    /** The trigger that the options describe, checked before anything is served; null if they describe none. */
    private TriggerOptions trigger() {
        if (options.getTriggerValue() == null && options.getUsageCategory() == null) {
            return null;
        }
        TwilioUsageConfiguration wanted = options.copy();
        wanted.setAction(TwilioUsageAction.ensure);
        TriggerOptions trigger = TriggerOptions.withoutBody(wanted, null);
        trigger.wanted();
        return trigger;
    }

    private void register(TriggerOptions trigger) {
        if (trigger == null) {
            LOG.info("{} registers no trigger, since usageCategory and triggerValue are not set: it accepts the"
                    + " callbacks of all triggers that call its address", endpoint);
            return;
        }
        EnsureTrigger.Result ensured = trigger.ensure(endpoint.client(), endpoint.getComponent().pause());
        registered = ensured.trigger().sid();
        LOG.info("{} is registered with usage trigger {} ({})", endpoint, registered, ensured.outcome());
    }

    /** The public address, which Twilio calls and signs; behind a proxy it differs from the one that arrives here. */
    private String address() {
        if (options.getCallbackUrl() == null) {
            throw new IllegalArgumentException("callbackUrl is missing: set it to the address that Twilio calls, for"
                    + " example https://example.com/twilio/usage");
        }
        return options.getCallbackUrl();
    }

    private CallbackLedger ledger() {
        IdempotentRepository shared = options.getIdempotentRepository();
        IdempotentRepository repository = shared != null ? shared
                : MemoryIdempotentRepository.memoryIdempotentRepository(MAX_KEYS_IN_MEMORY);
        ServiceHelper.startService(repository);
        // Uses the component's threads, because claims are renewed until the last delivery ends, which may be after
        // this consumer has stopped.
        return new CallbackLedger(repository, shared == null ? null : endpoint.getComponent().fetchers(),
                CallbackLedger.PERIOD);
    }

    private void serve(Processor processor) throws Exception {
        CamelContext context = endpoint.getCamelContext();
        String engine = engine();
        String path = path();
        RestConfiguration rest = CamelContextHelper.getRestConfiguration(context, engine);
        String pathInContext = withoutContextPath(path, engine, rest.getContextPath());
        String key = path.replaceAll("^/+|/+$", "");
        ServedPath served = new ServedPath(context, engine,
                engine.equals("platform-http") ? key : key.toLowerCase(Locale.ROOT));
        if (!SERVED_PATHS.add(served)) {
            throw new IllegalArgumentException("the path of callbackUrl, or the option path, is already served by"
                    + " another callbacks route: give each route its own path, or receive the callbacks of all"
                    + " triggers in one route");
        }
        servedPath = served;
        // Spring Boot's engine leaves the escapes of a form in place, so that no signature matches. Vert.x decodes it.
        Map<String, Object> parameters = engine.equals("platform-http") && isOnSpringBoot(context)
                ? Map.of("populateBodyWithForm", "false") : Map.of();
        server = ((RestConsumerFactory) context.getComponent(engine)).createConsumer(context, processor, METHODS,
                pathInContext, null, null, null, rest, parameters);
        ServiceHelper.startService(server);
        // The path is left out, because it may contain a secret.
        LOG.info("{} receives callbacks through {}", endpoint, engine);
    }

    /** All engines except servlet prepend the context path of the REST configuration to each path. */
    private static String withoutContextPath(String path, String engine, String contextPath) {
        String prefix = contextPath == null ? "" : contextPath.replaceAll("^/+|/+$", "");
        if (prefix.isEmpty() || engine.equals("servlet")) {
            return path;
        }
        String relative = path.replaceFirst("^/+", "") + "/";
        if (!relative.startsWith(prefix + "/")) {
            throw new IllegalArgumentException("the path of callbackUrl, or the option path, does not begin with"
                    + " contextPath=" + contextPath + " of the REST configuration, which " + engine + " prepends to"
                    + " each path: add it to callbackUrl or, if a proxy changes the path, set the option path to the"
                    + " path that arrives here");
        }
        return path.replaceFirst("^/*" + Pattern.quote(prefix) + "/*", "/");
    }

    private String path() {
        Matcher url = PATH.matcher(address());
        String path = options.getPath() != null ? options.getPath() : url.matches() ? url.group("path") : "";
        if (!PLAIN_PATH.matcher(path).matches()) {
            throw new IllegalArgumentException((options.getPath() != null ? "path" : "the path of callbackUrl")
                    + " has characters that Camel's HTTP engines do not match reliably, for example %, ~ or //: use"
                    + " only letters, digits and simple punctuation, or let a proxy change the path, and set the option"
                    + " path to the path that arrives here");
        }
        return path.isEmpty() ? "/" : path;
    }

    private String engine() {
        CamelContext context = endpoint.getCamelContext();
        String configured = options.getConsumerComponentName() != null ? options.getConsumerComponentName()
                : context.getRestConfiguration().getComponent();
        if (configured != null) {
            if (context.getComponent(configured) instanceof RestConsumerFactory) {
                return configured;
            }
            throw new IllegalArgumentException("consumerComponentName=" + configured + " is not a component that can"
                    + " serve HTTP; use one of " + String.join(", ", ENGINES) + " and add it to your project");
        }
        return ENGINES.stream().filter(name -> context.getComponent(name) instanceof RestConsumerFactory).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no HTTP engine to receive callbacks: add one"
                        + " of " + String.join(", ", ENGINES) + " to your project, or set consumerComponentName"));
    }

    private static boolean isOnSpringBoot(CamelContext context) {
        Object engine = context.getRegistry().lookupByName("platform-http-engine");
        return engine != null && engine.getClass().getName().contains(".springboot.");
    }

    private void release() {
        if (ledger != null) {
            ledger.close();
        }
        ServiceHelper.stopAndShutdownService(server);
        server = null;
        if (servedPath != null) {
            SERVED_PATHS.remove(servedPath);
            servedPath = null;
        }
    }
}
