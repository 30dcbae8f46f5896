package io.github.cameltwilio.usage.simulator;

import java.util.function.UnaryOperator;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives JUnit tests a simulator: a new one for each test if it is registered on an instance field, or one for the whole
 * class if it is registered on a static field.
 */
public final class TwilioUsageSimulatorExtension
        implements
            BeforeAllCallback,
            BeforeEachCallback,
            AfterEachCallback,
            AfterAllCallback {

    private final UnaryOperator<TwilioUsageSimulator.Builder> settings;
    private TwilioUsageSimulator simulator;
    private String owningContext;

    public TwilioUsageSimulatorExtension() {
        this(UnaryOperator.identity());
    }

    public TwilioUsageSimulatorExtension(UnaryOperator<TwilioUsageSimulator.Builder> settings) {
        this.settings = settings;
    }

    public TwilioUsageSimulator simulator() {
        if (simulator == null) {
            throw new IllegalStateException(
                    "The simulator runs only during a test: register this extension with @RegisterExtension");
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

    // The outermost context owns the simulator: a class owns it for all its tests and nested classes.
    private void startFor(ExtensionContext context) {
        if (simulator == null) {
            simulator = settings.apply(TwilioUsageSimulator.builder()).start();
            owningContext = context.getUniqueId();
        }
    }

    private void closeIfStartedFor(ExtensionContext context) {
        if (context.getUniqueId().equals(owningContext)) {
            simulator.close();
            simulator = null;
            owningContext = null;
        }
    }
}
