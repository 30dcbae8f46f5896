package io.github.cameltwilio.usage.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

class NextPageFuzzTest {
    private static final String LIST = "/2010-04-01/Accounts/AC1/Usage/Records/Daily.json";
    private static final URI TWILIO = URI.create("https://api.twilio.com");

    @FuzzTest(maxDuration = "20s")
    void whateverTwilioLinksToOnlyThisListIsAskedFor(byte[] data) {
        String link = new String(data, StandardCharsets.UTF_8);
        // Most of what chance makes is no link to the list at all, so its query alone is tried as well.
        for (String tried : new String[]{ link, LIST + "?" + link }) {
            String query = NextPage.query(tried, LIST);
            if (query != null) {
                URI next = TWILIO.resolve(LIST + "?" + query);
                assertThat(next.getRawAuthority()).isEqualTo("api.twilio.com");
                assertThat(next.getRawPath()).isEqualTo(LIST);
                assertThat(next.getRawQuery()).isEqualTo(query);
                assertThat(next.getRawFragment()).isNull();
                assertThat(tried).endsWith("?" + query);
            }
        }
    }
}
