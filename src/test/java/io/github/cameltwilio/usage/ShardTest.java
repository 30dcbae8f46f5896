package io.github.cameltwilio.usage;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ShardTest {
    private final Random random = new Random(21);

    /** The values of another implementation: python3 -c "import zlib; print(zlib.crc32(b'AC...') % 6 + 1)". */
    @Test
    void anAccountNeverMovesToAnotherShard() {
        assertThat(shard("3/6").contains("AC00000000000000000000000000000001")).isTrue();
        assertThat(shard("1/6").contains("AC0123456789abcdef0123456789abcdef")).isTrue();
        assertThat(shard("421/1000").contains("AC0123456789abcdef0123456789abcdef")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 6, 7, 64, 1000 })
    void eachAccountIsInOneShard(int shards) {
        List<Shard> all = IntStream.rangeClosed(1, shards).mapToObj(number -> shard(number + "/" + shards)).toList();
        List<String> accounts = Stream.generate(this::accountSid).limit(500).toList();

        assertThat(accounts)
                .allSatisfy(sid -> assertThat(all).filteredOn(shard -> shard.contains(sid)).hasSize(1));
    }

    @Test
    void shardsAreAboutEqual() {
        Shard second = shard("2/6");

        assertThat(Stream.generate(this::accountSid).limit(6000).filter(second::contains).count()).isBetween(900L,
                1100L);
    }

    @ParameterizedTest
    @ValueSource(strings = { "0/6", "7/6", "2", "2/0", "2/1001", "-1/6", "2/6/7", "2 / 6", "a/b", "2/99999999999" })
    void rejectsWhatIsNoShard(String text) {
        assertThatThrownBy(() -> shard(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shard=" + text + " must be the number of a shard and the number of all shards, at most"
                        + " 1000, for example 2/6");
    }

    private static Shard shard(String text) {
        return Shard.of(new OptionValue("shard", text));
    }

    private String accountSid() {
        return "AC" + IntStream.range(0, 32).mapToObj(digit -> Integer.toHexString(random.nextInt(16)))
                .reduce("", String::concat);
    }
}
