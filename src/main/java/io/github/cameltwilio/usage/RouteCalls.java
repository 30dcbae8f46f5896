package io.github.cameltwilio.usage;

import org.apache.camel.Exchange;

/** Calls the route for one exchange after the other, and notes those that fail. Only the thread that polls uses it. */
final class RouteCalls {
    private final UsageConsumer consumer;
    private final RouteTransaction transaction;
    private final RouteFailures failures;

    /** @param transaction in which the route runs, or null */
    RouteCalls(UsageConsumer consumer, RouteTransaction transaction, RouteFailures failures) {
        this.consumer = consumer;
        this.transaction = transaction;
        this.failures = failures;
    }

    void call(Exchange exchange, Delivery delivery) {
        try {
            if (transaction == null) {
                consumer.getProcessor().process(exchange);
            } else {
                transaction.process(exchange, delivery);
            }
        } catch (Exception e) {
            exchange.setException(e);
        } catch (Error e) {
            exchange.setException(e);
            runQueuedSteps();
            if (consumer.state().isInFlight(delivery)) {
                consumer.fail(delivery);
            }
            throw e;
        }
        if (exchange.getException() != null) {
            if (consumer.state().isInFlight(delivery)) {
                // It will never complete, for example because it was meant for a queue that is full.
                failures.add();
            }
            failures.report(exchange, consumer.getExceptionHandler());
        }
        consumer.releaseExchange(exchange, false);
    }

    /** Runs the steps that an Error left in Camel's queue: Camel would run them before those of the next exchange. */
    private void runQueuedSteps() {
        while (consumer.getEndpoint().getCamelContext().getCamelContextExtension().getReactiveExecutor()
                .executeFromQueue()) {
            continue;
        }
    }
}
