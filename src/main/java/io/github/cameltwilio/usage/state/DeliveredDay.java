package io.github.cameltwilio.usage.state;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What was delivered of one day, by category. In arrays, since a first pass remembers each of its records for a while: what
 * a map adds to each of them is, in a small heap, a third of what the garbage collector does.
 */
final class DeliveredDay {
    private static final int FEW = 16;

    // In order, as Twilio lists them: most often a new one is the last.
    private String[] categories = new String[FEW];
    private UsageValues[] values = new UsageValues[FEW];
    private int size;

    Optional<UsageValues> get(String category) {
        int place = place(category);
        return place < 0 ? Optional.empty() : Optional.of(values[place]);
    }

    void put(String category, UsageValues itsValues) {
        int place = place(category);
        if (place < 0) {
            place = -place - 1;
            makeRoom(place);
            categories[place] = category;
        }
        values[place] = itsValues;
    }

    void forEach(BiConsumer<String, UsageValues> action) {
        for (int place = 0; place < size; place++) {
            action.accept(categories[place], values[place]);
        }
    }

    int size() {
        return size;
    }

    /** Negative when it is not there, as of {@link Arrays#binarySearch}. */
    private int place(String category) {
        return Arrays.binarySearch(categories, 0, size, category);
    }

    private void makeRoom(int place) {
        if (size == categories.length) {
            categories = Arrays.copyOf(categories, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        System.arraycopy(categories, place, categories, place + 1, size - place);
        System.arraycopy(values, place, values, place + 1, size - place);
        size++;
    }
}
