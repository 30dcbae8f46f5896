package io.github.cameltwilio.usage.simulator;

/**
 * A usage category with its names and units.
 *
 * @param parent the category that contains this one, or an empty string
 */
record Category(String name, String parent, String countUnit, String usageUnit, String description) {

    /** A category that this package does not know. */
    static Category unknown(String name) {
        return new Category(name, "", "units", "units", "Usage of " + name);
    }

    boolean isTotalPrice() {
        return name.equals("totalprice");
    }

    boolean isMeteredInMinutes() {
        return usageUnit.equals("minutes");
    }
}
