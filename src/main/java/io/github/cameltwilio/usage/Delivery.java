package io.github.cameltwilio.usage;

import java.util.List;
import java.util.function.Consumer;

import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Ordered;
import org.apache.camel.spi.Synchronization;

/**
 * The changes that one exchange carries. As a completion it runs after all other completions of the exchange, for
 * example the commit of a Kafka transaction, and counts the exchange as delivered only if none of them failed it or
 * rolled it back.
 *
 * @param reader  the reader whose state records the changes
 * @param content writes the changes into the message
 */
record Delivery(UsageConsumer consumer, ReaderId reader, List<UsageChange> changes, Consumer<Message> content)
        implements
            Synchronization,
            Ordered {

    RecordKey lastKey() {
        return changes.get(changes.size() - 1).key();
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST;
    }

    @Override
    public void onComplete(Exchange exchange) {
        if (isSuccessful(exchange)) {
            consumer.complete(this);
        } else {
            consumer.fail(this);
        }
    }

    static boolean isSuccessful(Exchange exchange) {
        return !exchange.isFailed() && !exchange.isRollbackOnly() && !exchange.isRollbackOnlyLast();
    }

    @Override
    public void onFailure(Exchange exchange) {
        consumer.fail(this);
    }
}
