package io.github.cameltwilio.usage.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

class PageCursorFuzzTest {
    private static final String LIST = "/2010-04-01/Accounts/AC1/Usage/Records/Daily.json";
    private static final URI TWILIO = URI.create("https://api.twilio.com");

    @FuzzTest(maxDuration = "20s")
    void neverLeavesTheList(byte[] data) {
        String link = new String(data, StandardCharsets.UTF_8);
        // Random bytes are hardly ever a link to the list, so they are used as a query as well.
        for (String tried : new String[]{ link, LIST + "?" + link }) {
            String query = PageCursor.linkedQuery(tried, LIST);
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
