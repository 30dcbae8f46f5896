package io.github.cameltwilio.usage.client;

/**
 * Which of Twilio's nine lists of usage records is read. The constants are the words of the option
 * {@code subresource}.
 */
public enum Subresource {
    /** One record a category, over the whole window that was asked for, else since the account began. */
    none(""),
    /** One record a category and day, newest day first. */
    daily("/Daily"),
    /** One record a category and calendar month, newest first. */
    monthly("/Monthly"),
    /** One record a category and calendar year, newest first. */
    yearly("/Yearly"),
    /** The same as {@link #none} without a window. */
    allTime("/AllTime"),
    today("/Today"),
    yesterday("/Yesterday"),
    thisMonth("/ThisMonth"),
    lastMonth("/LastMonth");

    private final String path;

    Subresource(String path) {
        this.path = path;
    }

    String path() {
        return "/Usage/Records" + path + ".json";
    }
}
