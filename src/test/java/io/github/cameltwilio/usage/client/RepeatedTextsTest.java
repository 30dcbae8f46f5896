package io.github.cameltwilio.usage.client;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

class RepeatedTextsTest {
    private final RepeatedTexts texts = new RepeatedTexts();

    @ParameterizedTest
    @ValueSource(strings = { "", "x", "sms", "calls-inbound-tollfree" })
    void aTextThatComesAgainIsTheSameObject(String text) {
        assertThat(of(text)).isEqualTo(text).isSameAs(of(text));
    }

    @Test
    void textsThatShareASlotStayApart() {
        for (int round = 0; round < 3; round++) {
            assertThat(Stream.concat(IntStream.range(0, 20_000).mapToObj(i -> "usage-" + i),
                    IntStream.range(0, 99).mapToObj("a"::repeat)))
                    .allSatisfy(text -> assertThat(of(text)).isEqualTo(text));
        }
    }

    @Test
    void severalThreadsThatWantOneSlotAreEachGivenTheirText() {
        List<String> oneSlot = List.of("sms-inbound-longcode", "mms-inbound-longcode");

        assertThat(IntStream.range(0, 1_000_000).parallel().mapToObj(i -> oneSlot.get(i % 2))
                .filter(text -> !of(text).equals(text)).count()).isZero();
    }

    @Test
    void textsThatEndAlikeStayApart() {
        assertThat(of("sms-inbound-longcode")).isNotEqualTo(of("mms-inbound-longcode"));
    }

    @Test
    void whatIsLongIsReadAndNotKept() {
        String path = "/2010-04-01/".repeat(20);

        assertThat(of(path)).isEqualTo(path).isNotSameAs(of(path));
    }

    private String of(String text) {
        return texts.of(("<<" + text + ">").getBytes(US_ASCII), 2, 2 + text.length());
    }
}
