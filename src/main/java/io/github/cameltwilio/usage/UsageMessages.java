package io.github.cameltwilio.usage;

import java.util.List;

import io.github.cameltwilio.usage.client.EnsureTrigger;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.delivery.Fingerprint;
import io.github.cameltwilio.usage.delivery.FiringKey;
import io.github.cameltwilio.usage.state.UsageChange;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.SynchronizationAdapter;

/** The one place that writes bodies and headers. */
final class UsageMessages {

    private UsageMessages() {
    }

    /** A list as one body, or as a stream that ends with the exchange. */
    static void listing(Exchange exchange, Pages<?> pages, OutputType outputType) {
        if (outputType == OutputType.list) {
            exchange.getMessage().setBody(pages.toList());
            return;
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                pages.close();
            }
        });
        exchange.getMessage().setBody(pages.items());
    }

    /** A trigger that was read or changed. */
    static void trigger(Message message, UsageTrigger trigger, String outcome) {
        message.setBody(trigger);
        outcome(message, outcome);
    }

    static void ensured(Message message, EnsureTrigger.Result ensured) {
        trigger(message, ensured.trigger(), ensured.outcome().name());
    }

    /** @param wasThere whether there was anything left to delete */
    static void deleted(Message message, boolean wasThere) {
        message.setBody(null);
        outcome(message, wasThere ? "deleted" : "deletedBefore");
    }

    static void pruned(Message message, List<UsageTrigger> spent, boolean dryRun) {
        message.setBody(spent);
        outcome(message, dryRun ? "kept" : "deleted");
    }

    /** One that a producer before this one left is not this one's. */
    private static void outcome(Message message, String outcome) {
        if (outcome == null) {
            message.removeHeader(TwilioUsageConstants.OUTCOME);
        } else {
            message.setHeader(TwilioUsageConstants.OUTCOME, outcome);
        }
    }

    /** A trigger that fired, found by a poll. */
    static void fired(Message message, UsageTrigger trigger) {
        message.setBody(trigger);
        message.setHeader(TwilioUsageConstants.ACCOUNT_SID, trigger.accountSid());
        message.setHeader(TwilioUsageConstants.FIRING_KEY,
                FiringKey.of(trigger.sid(), trigger.recurring(), trigger.dateFired()));
    }

    /** A trigger that fired, told by Twilio. */
    static void fired(Message message, TriggerFired fired) {
        message.setBody(fired);
        message.setHeader(TwilioUsageConstants.ACCOUNT_SID, fired.accountSid());
        message.setHeader(TwilioUsageConstants.FIRING_KEY,
                FiringKey.of(fired.triggerSid(), fired.recurring(), fired.dateFired()));
        message.setHeader(TwilioUsageConstants.IDEMPOTENCY_TOKEN, fired.idempotencyToken());
    }

    /** What a callback is answered with: nothing of the request, and nothing to learn from. */
    static void answer(Message message, int status) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setBody(new byte[0]);
    }

    /** @param provisional whether Twilio may still correct the record within the look-back */
    static void change(Message message, UsageChange change, boolean provisional) {
        message.setBody(change.usage());
        message.setHeader(TwilioUsageConstants.ACCOUNT_SID, change.key().accountSid());
        message.setHeader(TwilioUsageConstants.RECORD_KEY, change.key().toString());
        message.setHeader(TwilioUsageConstants.FINGERPRINT, Fingerprint.of(change.values()));
        message.setHeader(TwilioUsageConstants.UPDATE, change.isUpdate());
        message.setHeader(TwilioUsageConstants.PROVISIONAL, provisional);
        message.setHeader(TwilioUsageConstants.AS_OF, change.usage().asOf());
        change.previous().ifPresent(previous -> {
            message.setHeader(TwilioUsageConstants.PREVIOUS_COUNT, previous.count());
            message.setHeader(TwilioUsageConstants.PREVIOUS_USAGE, previous.usage());
            message.setHeader(TwilioUsageConstants.PREVIOUS_PRICE, previous.price());
        });
    }

    /** The new and changed records of a page. */
    static void changes(Message message, List<UsageChange> changes) {
        message.setBody(changes.stream().map(UsageChange::usage).toList());
        message.setHeader(TwilioUsageConstants.ACCOUNT_SID, changes.get(0).key().accountSid());
    }
}
