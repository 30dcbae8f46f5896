package io.github.cameltwilio.usage.client;

/** Twilio's nine lists of usage records. The constants are the values of the option {@code subresource}. */
public enum Subresource {
    /** One record per category over the requested window, by default since the account was created. */
    none(""),
    /** One record per category and day, newest day first. */
    daily("/Daily"),
    /** One record per category and calendar month, newest first. */
    monthly("/Monthly"),
    /** One record per category and calendar year, newest first. */
    yearly("/Yearly"),
    /** Like {@link #none}, without a window. */
    allTime("/AllTime"),
    today("/Today"),
    yesterday("/Yesterday"),
    thisMonth("/ThisMonth"),
    lastMonth("/LastMonth");

    private final String path;

    Subresource(String path) {
        this.path = path;
    }

    /** Returns whether the list has one record per category and day, month or year. */
    public boolean isByPeriod() {
        return this == daily || this == monthly || this == yearly;
    }

    String path() {
        return "/Usage/Records" + path + ".json";
    }
}
