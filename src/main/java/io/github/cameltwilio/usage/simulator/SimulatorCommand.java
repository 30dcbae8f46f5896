package io.github.cameltwilio.usage.simulator;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Runs a simulator until the process ends. The option {@code --help} lists the options. */
public final class SimulatorCommand {

    private static final int WRONG_USAGE = 2;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_SUBACCOUNTS = 10_000;
    private static final int SUBACCOUNT_AGE_IN_DAYS = 60;
    // Twilio evaluates triggers about once a minute.
    private static final Duration EVALUATION = Duration.ofMinutes(1);
    private static final String HELP = """
            Simulates Twilio's usage API on this machine, until Ctrl-C.

              --port PORT          the port to listen on; a free one if not given
              --subaccounts COUNT  the number of subaccounts; none if not given
              --help               show this text
            """;

    private SimulatorCommand() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(HELP);
            return;
        }
        try (TwilioUsageSimulator simulator = builder(arguments).start()) {
            System.out.print(introduction(simulator));
            fireTriggers(simulator, EVALUATION, System.out);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_USAGE);
        } catch (UncheckedIOException e) {
            System.err.println(e.getMessage() + ": " + e.getCause().getMessage());
            System.exit(1);
        }
    }

    /** @throws IllegalArgumentException when an option is unknown or malformed */
    static TwilioUsageSimulator.Builder builder(String... arguments) {
        TwilioUsageSimulator.Builder builder = TwilioUsageSimulator.builder();
        for (int index = 0; index < arguments.length; index += 2) {
            String option = arguments[index];
            String value = index + 1 < arguments.length ? arguments[index + 1] : "";
            if (List.of(arguments).indexOf(option) < index) {
                throw new IllegalArgumentException(option + " is given twice");
            }
            switch (option) {
                case "--port" -> builder.port(number(option, value, MAX_PORT));
                case "--subaccounts" -> {
                    LocalDate created = LocalDate.now(ZoneOffset.UTC).minusDays(SUBACCOUNT_AGE_IN_DAYS);
                    int count = number(option, value, MAX_SUBACCOUNTS);
                    for (int number = 1; number <= count; number++) {
                        builder.subaccount("Subaccount " + number, created);
                    }
                }
                default -> throw new IllegalArgumentException(
                        "There is no option " + option + ": --help lists the options");
            }
        }
        return builder;
    }

    private static int number(String option, String value, int max) {
        if (value.matches("\\d{1,9}") && Integer.parseInt(value) <= max) {
            return Integer.parseInt(value);
        }
        throw new IllegalArgumentException(option + " needs a number from 0 to " + max
                + (value.isEmpty() ? "" : ", but got " + value));
    }

    static String introduction(TwilioUsageSimulator simulator) {
        return """
                Twilio's usage API is simulated at %1$s until Ctrl-C, with %4$d subaccounts.
                These lines in application.properties connect to it:

                camel.component.twilio-usage.base-url = %1$s
                camel.component.twilio-usage.account-sid = %2$s
                camel.component.twilio-usage.auth-token = %3$s
                """.formatted(simulator.baseUrl(), simulator.accountSid(), simulator.authToken(),
                simulator.subaccountSids().size());
    }

    /** Fires triggers at an interval until the thread is interrupted, and prints which callbacks that causes. */
    static void fireTriggers(TwilioUsageSimulator simulator, Duration interval, PrintStream output)
            throws InterruptedException {
        while (true) {
            Thread.sleep(interval.toMillis());
            // Nobody looks at the requests, which would fill the memory in the end.
            simulator.clearRequests();
            int printed = simulator.callbacks().size();
            try {
                simulator.evaluateTriggers();
            } catch (IllegalArgumentException e) {
                output.println("A callback was not sent: " + e.getMessage());
            }
            simulator.callbacks().stream().skip(printed).forEach(callback -> output.println(
                    callback.method() + " " + callback.url() + ": "
                            + (callback.status() == 0 ? "no response" : "HTTP " + callback.status())));
        }
    }
}
