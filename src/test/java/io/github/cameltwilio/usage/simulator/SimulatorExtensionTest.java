package io.github.cameltwilio.usage.simulator;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SimulatorExtensionTest {

    @RegisterExtension
    static final TwilioUsageSimulatorExtension SHARED = new TwilioUsageSimulatorExtension();

    private static TwilioUsageSimulator atFirst;

    @RegisterExtension
    final TwilioUsageSimulatorExtension own = new TwilioUsageSimulatorExtension();

    @BeforeAll
    static void remember() {
        atFirst = SHARED.simulator();
    }

    @RepeatedTest(2)
    void startsASimulatorPerTestOnAnInstanceField() throws Exception {
        assertThat(own.simulator().requests()).isEmpty();
        new Caller(own.simulator()).get("/Today.json");
    }

    @RepeatedTest(2)
    void sharesASimulatorOnAStaticField() throws Exception {
        assertThat(SHARED.simulator()).isSameAs(atFirst);
        assertThat(new Caller(SHARED.simulator()).get("/Today.json").statusCode()).isEqualTo(200);
    }

    @Test
    void failsOutsideATest() {
        assertThatThrownBy(() -> new TwilioUsageSimulatorExtension().simulator())
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("@RegisterExtension");
    }

    @Nested
    class NestedClass {

        @Test
        void sharesTheSimulatorOfTheEnclosingClass() {
            assertThat(SHARED.simulator()).isSameAs(atFirst);
        }
    }
}
