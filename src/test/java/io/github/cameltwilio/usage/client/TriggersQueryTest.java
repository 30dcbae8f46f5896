package io.github.cameltwilio.usage.client;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TriggersQueryTest {

    @Test
    void sendsWhatSelectsTriggers() {
        assertThat(new TriggersQuery(Recurring.daily, TriggerBy.price, "sms", 50).parameters())
                .extracting(parameter -> parameter.getName() + "=" + parameter.getValue())
                .containsExactly("Recurring=daily", "TriggerBy=price", "UsageCategory=sms");
    }

    @Test
    void selectsAllTriggersByDefault() {
        assertThat(TriggersQuery.all(50).parameters()).isEmpty();
    }

    @Test
    void saysInMessagesWhatIsListed() {
        assertThat(TriggersQuery.all(50).operation())
                .isEqualTo(new Operation("list usage triggers", Operation.Kind.READ));
        assertThat(new TriggersQuery(null, null, "sms", 50).operation()).hasToString("list usage triggers of sms");
    }
}
