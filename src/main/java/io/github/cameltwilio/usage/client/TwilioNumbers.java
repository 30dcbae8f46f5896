package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;

/** The numbers that Twilio writes, quoted or not, exactly as they are. */
final class TwilioNumbers {
    // Beyond this a "number" is an attack on whoever prints it: 1e999999999 has a billion digits.
    private static final int LONGEST = 64;
    private static final int LARGEST_SCALE = 64;
    private static final int MOST_DIGITS_OF_A_LONG = 18;

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

    /**
     * The same for what nearly all numbers are, digits and at most one point, without making a text of it first.
     *
     * @return null where it is anything else, which is for {@link #parse}
     */
    static BigDecimal digits(byte[] ascii, int from, int to) {
        long unscaled = 0;
        int point = to;
        for (int i = from; i < to; i++) {
            if (ascii[i] >= '0' && ascii[i] <= '9') {
                unscaled = 10 * unscaled + ascii[i] - '0';
            } else if (ascii[i] == '.' && point == to) {
                point = i;
            } else {
                return null;
            }
        }
        int scale = Math.max(0, to - point - 1);
        int digits = to - from - (point == to ? 0 : 1);
        return digits == 0 || digits > MOST_DIGITS_OF_A_LONG ? null : BigDecimal.valueOf(unscaled, scale);
    }
}
