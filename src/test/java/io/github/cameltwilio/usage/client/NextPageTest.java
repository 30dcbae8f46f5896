package io.github.cameltwilio.usage.client;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class NextPageTest {
    private static final String LIST = "/2010-04-01/Accounts/AC1/Usage/Records/Daily.json";

    @Test
    void onlyTheQueryIsTakenAndAsItIs() {
        assertThat(NextPage.query(LIST + "?PageSize=50&Page=1&PageToken=APMQ%3D%3D", LIST))
                .isEqualTo("PageSize=50&Page=1&PageToken=APMQ%3D%3D");
    }

    @Test
    void aLinkThatLostItsFormatStillLeadsToTheList() {
        assertThat(NextPage.query("/2010-04-01/Accounts/AC1/Usage/Records/Daily?Page=1", LIST)).isEqualTo("Page=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "https://evil.example/2010-04-01/Accounts/AC1/Usage/Records/Daily.json?Page=1",
            "//evil.example/2010-04-01/Accounts/AC1/Usage/Records/Daily.json?Page=1",
            "@evil.example" + LIST + "?Page=1", ".evil.example" + LIST + "?Page=1",
            "/\\evil.example" + LIST + "?Page=1",
            "/2010-04-01/Accounts/AC2/Usage/Records/Daily.json?Page=1",
            "/2010-04-01/Accounts/AC1/Usage/Records/Monthly.json?Page=1",
            "/2010-04-01/Accounts/AC1/Usage/Records/../../Messages.json?Page=1",
            "/2010-04-01/Accounts/AC1/Usage/Records/%2e%2e/Daily.json?Page=1",
            LIST + "?Page=1 HTTP/1.1\r\nX: y", LIST + "?Page=1\u0000", LIST + "?Page=1#x", LIST + "?Page=é",
            LIST + "?Page=%4",
            LIST + "?Page=%zz", LIST, LIST + "?", "?Page=1", "" })
    void aLinkThatLeadsElsewhereLeadsNowhere(String link) {
        assertThat(NextPage.query(link, LIST)).isNull();
    }

    @Test
    void aLongLinkIsFollowed() {
        String query = "PageToken=" + "%3D".repeat(600);

        assertThat(NextPage.query(LIST + "?" + query, LIST)).isEqualTo(query);
    }

    @Test
    void anEndlessLinkLeadsNowhere() {
        assertThat(NextPage.query(LIST + "?Page=" + "1".repeat(100_000), LIST)).isNull();

        String longest = "1".repeat(2048 - LIST.length() - 1);
        assertThat(NextPage.query(LIST + "?" + longest, LIST)).isEqualTo(longest);
        assertThat(NextPage.query(LIST + "?" + longest + "1", LIST)).isNull();
    }
}
