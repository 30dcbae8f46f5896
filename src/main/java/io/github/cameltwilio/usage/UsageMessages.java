package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.List;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioValues;
import io.github.cameltwilio.usage.delivery.Fingerprint;
import io.github.cameltwilio.usage.state.UsageChange;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.SynchronizationAdapter;

/** Writes the bodies and headers of all messages that the component produces. */
final class UsageMessages {

    private UsageMessages() {
    }

    /** The listed items as a stream that is closed when the exchange completes. */
    static void stream(Exchange exchange, Pages<?> pages) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                pages.close();
            }
        });
        exchange.getMessage().setBody(pages.items());
    }

    /** The account to which usage is billed. Its name is known only if accounts were listed. */
    static void mainAccount(Message message, TwilioUsageEndpoint endpoint) {
        message.setHeader(TwilioUsageConstants.MAIN_ACCOUNT_SID, endpoint.getConfiguration().getAccountSid());
        String name = endpoint.accountSelection().mainAccountName();
        if (name == null) {
            message.removeHeader(TwilioUsageConstants.MAIN_ACCOUNT_NAME);
        } else {
            message.setHeader(TwilioUsageConstants.MAIN_ACCOUNT_NAME, name);
        }
    }

    /**
     * The result of an action on triggers. Without an outcome, the header of an earlier producer is removed, since it
     * would be misleading.
     */
    static void result(Message message, Object body, String outcome) {
        message.setBody(body);
        if (outcome == null) {
            message.removeHeader(TwilioUsageConstants.OUTCOME);
        } else {
            message.setHeader(TwilioUsageConstants.OUTCOME, outcome);
        }
    }

    /** A firing of a trigger; the same message for a callback and a poll, so that one route can handle both. */
    static void fired(Message message, TriggerFired fired, String firingKey) {
        message.setBody(fired);
        message.setHeader(TwilioUsageConstants.ACCOUNT_SID, fired.accountSid());
        message.setHeader(TwilioUsageConstants.FIRING_KEY, firingKey);
        if (fired.idempotencyToken() != null) {
            message.setHeader(TwilioUsageConstants.IDEMPOTENCY_TOKEN, fired.idempotencyToken());
        }
    }

    /** The response to a callback: its status, and nothing that would echo the request or help an attacker. */
    static void response(Message message, int status) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setBody(new byte[0]);
    }

    /**
     * @param mayChangeFrom the first day whose corrections would still be noticed
     * @param account       whose own usage it is; null if accounts are not read separately
     */
    static void change(Message message, TwilioUsageEndpoint endpoint, UsageChange change, Fingerprint fingerprint,
                       LocalDate mayChangeFrom, Account account) {
        String key = change.key().toString();
        LocalDate endDate = change.usage().endDate();
        message.setBody(change.usage().withRecordKey(key));
        account(message, endpoint, change, account);
        message.setHeader(TwilioUsageConstants.RECORD_KEY, key);
        message.setHeader(TwilioUsageConstants.FINGERPRINT, fingerprint.of(change.values()));
        message.setHeader(TwilioUsageConstants.UPDATE, change.isUpdate());
        message.setHeader(TwilioUsageConstants.PROVISIONAL, endDate == null || !endDate.isBefore(mayChangeFrom));
        message.setHeader(TwilioUsageConstants.AS_OF, change.usage().asOf());
        change.previous().ifPresent(previous -> {
            message.setHeader(TwilioUsageConstants.PREVIOUS_COUNT, previous.count());
            message.setHeader(TwilioUsageConstants.PREVIOUS_USAGE, previous.usage());
            message.setHeader(TwilioUsageConstants.PREVIOUS_PRICE, previous.price());
        });
    }

    /** The new and changed records of a page. */
    static void changes(Message message, TwilioUsageEndpoint endpoint, List<UsageChange> changes, Account account) {
        message.setBody(new TwilioValues(
                changes.stream().map(change -> change.usage().withRecordKey(change.key().toString())).toList()));
        account(message, endpoint, changes.get(0), account);
    }

    private static void account(Message message, TwilioUsageEndpoint endpoint, UsageChange change, Account account) {
        mainAccount(message, endpoint);
        message.setHeader(TwilioUsageConstants.ACCOUNT_SID, change.key().accountSid());
        if (account != null) {
            message.setHeader(TwilioUsageConstants.ACCOUNT_NAME, account.friendlyName());
            message.setHeader(TwilioUsageConstants.ACCOUNT_STATUS, account.status());
        }
    }
}
