package io.github.cameltwilio.usage.bench;

import java.util.Locale;

/** A limit for a figure, and the figure that was measured. */
record Goal(String figure, double measured, double limit, boolean atMost) {

    static Goal atMost(double limit, String figure, double measured) {
        return new Goal(figure, measured, limit, true);
    }

    static Goal atLeast(double limit, String figure, double measured) {
        return new Goal(figure, measured, limit, false);
    }

    boolean isMet() {
        return atMost ? measured <= limit : measured >= limit;
    }

    String row() {
        return "| " + figure + " | " + (Double.isNaN(measured) ? "did not finish" : text(measured)) + " | "
                + (atMost ? "at most " : "at least ") + text(limit) + " | " + (isMet() ? "yes" : "**no**") + " |\n";
    }

    private static String text(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }
}
