package io.github.cameltwilio.usage.client;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class TriggerParametersTest {
    private static final TriggerParameters COMPLETE = new TriggerParameters("https://example.com/?token=hush", "+30",
            "sms", CallbackMethod.GET, "my trigger", Recurring.daily, TriggerBy.price);

    @Test
    void sendsWhatIsGiven() {
        assertThat(COMPLETE.form()).containsExactly(entry("CallbackUrl", "https://example.com/?token=hush"),
                entry("TriggerValue", "+30"), entry("UsageCategory", "sms"), entry("CallbackMethod", "GET"),
                entry("FriendlyName", "my trigger"), entry("Recurring", "daily"), entry("TriggerBy", "price"));
        assertThat(new TriggerParameters(null, "5", null, null, null, null, null).form())
                .isEqualTo(Map.of("TriggerValue", "5"));
    }

    @Test
    void changesOnlyWhatTwilioCanChange() {
        assertThat(COMPLETE.changeable().form()).containsOnlyKeys("CallbackUrl", "CallbackMethod", "FriendlyName");
    }

    @Test
    void isNamedInMessagesWithoutItsUrl() {
        assertThat(COMPLETE.creation())
                .isEqualTo(new Operation("create usage trigger \"my trigger\" of sms at +30", Operation.Kind.CREATE));
        assertThat(new TriggerParameters(null, "5", "sms", null, null, null, null).creation())
                .hasToString("create usage trigger of sms at 5");
        assertThat(new TriggerParameters(null, "5", "sms", null, "a\nb", null, null).creation())
                .hasToString("create usage trigger \"a b\" of sms at 5");
    }

    @Test
    void derivesANameThatFits() {
        assertThat(nameFor("c".repeat(39))).isEqualTo("camel " + "c".repeat(39) + " usage 1000 alltime").hasSize(64);
        assertThat(nameFor("c".repeat(40))).hasSize(64).startsWith("camel ccc").isNotEqualTo(nameFor("c".repeat(41)));
    }

    private static String nameFor(String category) {
        return new TriggerParameters(null, "1000", category, null, null, null, null).named().friendlyName();
    }
}
