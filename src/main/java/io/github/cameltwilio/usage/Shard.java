package io.github.cameltwilio.usage;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * One of several parts of the accounts. An account belongs to the same part in every process and version, because
 * routes on several nodes share the accounts by it.
 *
 * @param number from 1 to {@code of}
 */
record Shard(int number, int of) {
    // More would only make the text longer: every shard lists all accounts.
    private static final int MAX_SHARDS = 1000;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,4})/(\\d{1,4})");

    /**
     * Parses for example {@code 2/6}.
     *
     * @throws IllegalArgumentException when the text is not a number, a slash and a number at least as large
     */
    static Shard of(OptionValue option) {
        Matcher text = TEXT.matcher(String.valueOf(option.value()));
        if (text.matches()) {
            Shard shard = new Shard(Integer.parseInt(text.group(1)), Integer.parseInt(text.group(2)));
            if (shard.number >= 1 && shard.number <= shard.of && shard.of <= MAX_SHARDS) {
                return shard;
            }
        }
        throw option.invalid("must be the number of a shard and the number of all shards, at most " + MAX_SHARDS
                + ", for example 2/6");
    }

    boolean contains(String accountSid) {
        CRC32 hash = new CRC32();
        hash.update(accountSid.getBytes(StandardCharsets.UTF_8));
        return hash.getValue() % of == number - 1;
    }
}
