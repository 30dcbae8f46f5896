package io.github.cameltwilio.usage.simulator;

import java.math.BigDecimal;

/**
 * The true usage of a category, for tests to compare with.
 *
 * @param count null for {@code totalprice}, which counts nothing
 */
public record Usage(BigDecimal count, BigDecimal usage, BigDecimal price) {

    static final Usage NONE = new Usage(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

    /** Strips trailing zeros, so that equal amounts are equal objects. */
    public Usage {
        count = plain(count);
        usage = plain(usage);
        price = plain(price);
    }

    Usage plus(Usage other) {
        return new Usage(count == null ? null : count.add(other.count), usage.add(other.usage), price.add(other.price));
    }

    Usage times(BigDecimal factor) {
        return new Usage(count.multiply(factor), usage.multiply(factor), price.multiply(factor));
    }

    private static BigDecimal plain(BigDecimal number) {
        if (number == null || number.scale() == 0) {
            return number;
        }
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
