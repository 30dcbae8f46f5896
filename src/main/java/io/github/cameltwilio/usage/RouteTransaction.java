package io.github.cameltwilio.usage;

import java.io.Closeable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.TransactedPolicy;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Runs the whole route, and then the write that records what it delivered, in one transaction of the user's policy.
 * What the route writes to the same database is committed together with the state, or not at all.
 *
 * <p>
 * The polling thread processes one exchange after the other.
 */
final class RouteTransaction implements Closeable {
    private final UsageConsumer consumer;
    private final JdbcUsageStateRepository store;
    private final Processor transacted;
    private Delivery delivery;
    // Other threads read this when they complete an exchange that the route passed to them.
    private volatile Delivery stored;

    private RouteTransaction(UsageConsumer consumer, TransactedPolicy policy) {
        this.consumer = consumer;
        this.store = (JdbcUsageStateRepository) consumer.state().store();
        this.transacted = policy.wrap(withModel(consumer.getRoute()), this::processAndStore);
        ServiceHelper.startService(transacted);
    }

    /** Policies read the model of the route, which Camel drops from the route once it has started. */
    private static Route withModel(Route route) {
        if (route == null || route.getRoute() != null) {
            return route;
        }
        NamedNode model = ((ModelCamelContext) route.getCamelContext()).getRouteDefinition(route.getRouteId());
        return (Route) Proxy.newProxyInstance(Route.class.getClassLoader(), new Class<?>[]{ Route.class },
                (proxy, method, arguments) -> method.getName().equals("getRoute") ? model
                        : call(method, route, arguments));
    }

    private static Object call(Method method, Route route, Object[] arguments) throws Throwable {
        try {
            return method.invoke(route, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Returns null without {@code transactedPolicy}. */
    static RouteTransaction of(UsageConsumer consumer) {
        TransactedPolicy policy = consumer.getEndpoint().getConfiguration().getTransactedPolicy();
        return policy == null ? null : new RouteTransaction(consumer, policy);
    }

    /** Processes an exchange in a transaction, and completes it. */
    void process(Exchange exchange, Delivery content) throws Exception {
        delivery = content;
        consumer.createUoW(exchange);
        try {
            transacted.process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        } catch (Error e) {
            // Camel does not complete an exchange after an Error, and would count it as in flight forever.
            exchange.setException(e);
            throw e;
        } finally {
            consumer.doneUoW(exchange);
            delivery = null;
            stored = null;
        }
    }

    private void processAndStore(Exchange exchange) throws Exception {
        consumer.getProcessor().process(exchange);
        if (!Delivery.isSuccessful(exchange)) {
            return;
        }
        if (!exchange.getUnitOfWork().containsSynchronization(delivery)) {
            throw new IllegalStateException("With transactedPolicy, the whole route must run in the transaction, but it"
                    + " passes the exchange to another thread, for example with seda: remove that step, or"
                    + " transactedPolicy");
        }
        store.deliveredInTransaction(delivery.reader(), delivery.changes());
        stored = delivery;
    }

    /** Returns whether the transaction of this delivery also stored it. */
    boolean hasStored(Delivery completed) {
        return stored == completed;
    }

    @Override
    public void close() {
        ServiceHelper.stopAndShutdownService(transacted);
    }
}
