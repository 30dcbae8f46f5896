package io.github.cameltwilio.usage.simulator;

/**
 * A usage category as the records name it.
 *
 * @param parent the category whose figures contain this one's, or an empty string
 */
record Category(String name, String parent, String countUnit, String usageUnit, String description) {

    /** A category that Twilio has and this package has not heard of. */
    static Category unheardOf(String name) {
        return new Category(name, "", "units", "units", "Usage of " + name);
    }

    boolean isTotalPrice() {
        return name.equals("totalprice");
    }

    boolean isMeteredInMinutes() {
        return usageUnit.equals("minutes");
    }
}
