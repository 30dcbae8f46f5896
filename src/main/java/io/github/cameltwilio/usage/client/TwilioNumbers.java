package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;

/** The numbers that Twilio writes, quoted or not, exactly as they are. */
final class TwilioNumbers {
    // Beyond this a "number" is an attack on whoever prints it: 1e999999999 has a billion digits.
    private static final int LONGEST = 64;
    private static final int LARGEST_SCALE = 64;

    private TwilioNumbers() {
    }

    /**
     * @return null where there is none, which Twilio also says with an empty text
     * @throws NumberFormatException when the text is no number, or one that is out of all bounds
     */
    static BigDecimal parse(String text) {
        String digits = text.strip();
        if (digits.isEmpty()) {
            return null;
        }
        if (digits.length() > LONGEST) {
            throw new NumberFormatException("too long");
        }
        BigDecimal number = new BigDecimal(digits);
        if (Math.abs((long) number.scale()) > LARGEST_SCALE) {
            throw new NumberFormatException("too large or too small");
        }
        return number;
    }
}
