package io.github.cameltwilio.usage.client;

import java.util.function.UnaryOperator;

/** What the body of a refusal says: null where it does not, as in proxies' HTML pages and in some of Twilio's own. */
record TwilioError(Integer code, String message, String moreInfo) {
    static final TwilioError NONE = new TwilioError(null, null, null);

    TwilioError with(UnaryOperator<String> edit) {
        return new TwilioError(code, message == null ? null : edit.apply(message),
                moreInfo == null ? null : edit.apply(moreInfo));
    }
}
