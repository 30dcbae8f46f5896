package io.github.cameltwilio.usage.client;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.hc.client5.http.classic.HttpClient;

/** Clients and retries for tests, which do not wait between attempts. */
final class ClientFixture {

    private ClientFixture() {
    }

    static TwilioUsageClient client(HttpClient http, URI address, TwilioUsageSimulator simulator, Clock clock) {
        Credentials credentials = new Credentials(simulator.accountSid(), simulator.accountSid(),
                simulator.authToken());
        return new TwilioUsageClient(http, address, new Authenticator(credentials, clock),
                new TwilioClock(clock, System::nanoTime),
                retries(),
                threads(),
                new Semaphore(10), Duration.ofMinutes(1));
    }

    private static Executor threads() {
        return task -> new Thread(task, "fetch").start();
    }

    static Retries retries() {
        return new Retries(Clock.systemUTC(), time -> {}, new Random(1));
    }
}
