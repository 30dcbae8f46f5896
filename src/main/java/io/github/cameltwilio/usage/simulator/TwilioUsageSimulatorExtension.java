package io.github.cameltwilio.usage.simulator;

import java.util.function.UnaryOperator;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives JUnit tests a simulator: a fresh one for each test when it is registered on an instance field, one for the class when
 * on a static field.
 */
public final class TwilioUsageSimulatorExtension
        implements
            BeforeAllCallback,
            BeforeEachCallback,
            AfterEachCallback,
            AfterAllCallback {

    private final UnaryOperator<TwilioUsageSimulator.Builder> settings;
    private TwilioUsageSimulator simulator;
    private String owner;

    public TwilioUsageSimulatorExtension() {
        this(UnaryOperator.identity());
    }

    public TwilioUsageSimulatorExtension(UnaryOperator<TwilioUsageSimulator.Builder> settings) {
        this.settings = settings;
    }

    public TwilioUsageSimulator simulator() {
        if (simulator == null) {
            throw new IllegalStateException(
                    "The simulator runs only during a test: is this extension registered with @RegisterExtension?");
        }
        return simulator;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        startFor(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        startFor(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        closeIfStartedFor(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        closeIfStartedFor(context);
    }

    // Whoever comes first owns it: a class owns it for all its tests and the classes nested in it.
    private void startFor(ExtensionContext context) {
        if (simulator == null) {
            simulator = settings.apply(TwilioUsageSimulator.builder()).start();
            owner = context.getUniqueId();
        }
    }

    private void closeIfStartedFor(ExtensionContext context) {
        if (context.getUniqueId().equals(owner)) {
            simulator.close();
            simulator = null;
            owner = null;
        }
    }
}
