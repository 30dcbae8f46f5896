package io.github.cameltwilio.usage.client;

import java.util.List;

import io.github.cameltwilio.usage.client.PageCursor.Page;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PageCursorTest {
    private static final String LIST = "/2010-04-01/Accounts/AC1/Usage/Records/Daily.json";

    private final PageCursor cursor = new PageCursor(LIST, List.of(new BasicNameValuePair("Category", "sms")), 50);

    @Test
    void beginsWithTheFirstPage() {
        assertThat(cursor.hasNext()).isTrue();
        assertThat(uri(1000)).isEqualTo(LIST + "?Category=sms&PageSize=50");
    }

    @Test
    void encodesParameters() {
        PageCursor unusual = new PageCursor(LIST, List.of(new BasicNameValuePair("Category", "a&b=c #")), 50);

        assertThat(unusual.next().apply(1000).uri()).isEqualTo(LIST + "?Category=a%26b%3Dc+%23&PageSize=50");
    }

    @Test
    void shrinksOnlyTheFirstPage() {
        assertThat(cursor.next().apply(20)).isEqualTo(new PageCursor.Address(LIST + "?Category=sms&PageSize=20", 20));

        read(LIST + "?Page=1");

        assertThat(cursor.next().apply(10)).isEqualTo(new PageCursor.Address(LIST + "?Page=1", 50));
    }

    @Test
    void endsWithoutALink() {
        read(null);

        assertThat(cursor.hasNext()).isFalse();
        assertThat(cursor.brokenLink()).isEmpty();
    }

    @Test
    void detectsACycle() {
        read(LIST + "?Page=1");
        read(LIST + "?Category=sms&PageSize=50");

        assertBroken("the response's next_page_uri leads back to a page that was already read");
    }

    @Test
    void followsALinkWhoseFormatIsASegment() {
        read(LIST.replace(".json", "/.json") + "?Page=1");

        assertThat(uri(1000)).isEqualTo(LIST + "?Page=1");
    }

    @Test
    void rejectsALinkToAnotherList() {
        read("/2010-04-01/Accounts/AC2/Usage/Records/Daily.json?Page=1");

        assertBroken("the response's next_page_uri does not lead to a page of this list");
    }

    @Test
    void followsAtMostAThousandEmptyPages() {
        int pages = 0;
        while (cursor.hasNext()) {
            pages++;
            cursor.advance(cursor.next().apply(1000), new Page<>(List.of(), LIST + "?Page=" + pages, 1));
        }

        assertThat(pages).isEqualTo(1_000);
        assertBroken("the last 1000 pages were empty, and each linked to another page");
    }

    @Test
    void followsAtMostAHundredThousandPages() {
        int pages = 0;
        while (cursor.hasNext()) {
            pages++;
            read(LIST + "?Page=" + pages);
        }

        assertThat(pages).isEqualTo(100_000);
        assertBroken("the list has more than 100000 pages. If it really is that long, request fewer days at a time, or"
                + " more records per page (pageSize)");
    }

    @Test
    void takesOnlyTheQueryOfALinkUnchanged() {
        assertThat(PageCursor.linkedQuery(LIST + "?PageSize=50&Page=1&PageToken=APMQ%3D%3D", LIST))
                .isEqualTo("PageSize=50&Page=1&PageToken=APMQ%3D%3D");
    }

    @Test
    void acceptsALinkWithoutTheFormat() {
        assertThat(PageCursor.linkedQuery("/2010-04-01/Accounts/AC1/Usage/Records/Daily?Page=1", LIST))
                .isEqualTo("Page=1");
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
    void rejectsLinksThatLeaveTheList(String link) {
        assertThat(PageCursor.linkedQuery(link, LIST)).isNull();
    }

    @Test
    void limitsTheLengthOfALink() {
        String max = "1".repeat(2048 - LIST.length() - 1);
        assertThat(PageCursor.linkedQuery(LIST + "?" + max, LIST)).isEqualTo(max);
        assertThat(PageCursor.linkedQuery(LIST + "?" + max + "1", LIST)).isNull();
        assertThat(PageCursor.linkedQuery(LIST + "?Page=" + "1".repeat(100_000), LIST)).isNull();
    }

    private void read(String nextPageUri) {
        cursor.advance(cursor.next().apply(1000), new Page<>(List.of("a record"), nextPageUri, 1));
    }

    private String uri(int maxPageSize) {
        return cursor.next().apply(maxPageSize).uri();
    }

    private void assertBroken(String reason) {
        assertThat(cursor.hasNext()).isFalse();
        assertThat(cursor.brokenLink()).contains(reason);
    }
}
