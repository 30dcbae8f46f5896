package io.github.cameltwilio.usage.client;

import java.util.List;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChainTest {
    private static final String LIST = "/2010-04-01/Accounts/AC00000000000000000000000000000000/Usage/Records/Daily.json";

    // Its pages come from here, since a hundred thousand requests take their time.
    private final Chain<String> chain = new Chain<>(null, Operation.read("list usage records"),
            new PageAddress(LIST, "PageSize=1"), null);

    @Test
    void aListThatAlwaysLeadsToAnotherPageEnds() {
        int pages = 0;
        while (chain.isIdle()) {
            pages++;
            fetch(new Page<>(List.of("a record"), LIST + "?PageSize=1&Page=" + pages + "&PageToken=PA" + pages, 1));
        }

        assertThat(pages).isEqualTo(100_000);
        assertThat(chain.isAtEnd()).isFalse();
        assertThatThrownBy(chain::take).isInstanceOf(TwilioApiException.class)
                .hasMessage(
                        "list usage records: after 100000 pages there is another one. Should it be so long, ask for fewer days"
                                + " at once, or for more records a page (pageSize)");
    }

    private void fetch(Page<String> page) {
        FutureTask<Page<String>> task = new FutureTask<>(() -> page);
        chain.isFetchedBy(task, null);
        task.run();
        assertThat(chain.endOf(task)).contains(page);
        assertThat(chain.take()).contains(page);
    }
}
