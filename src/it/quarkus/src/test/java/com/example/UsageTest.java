package com.example;

import java.nio.file.Files;
import java.nio.file.Path;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

@QuarkusTest
class UsageTest {

    @Test
    void usageOfTodayArrives() throws Exception {
        Path file = Path.of("target/usage/usage.jsonl");

        await().until(() -> Files.exists(file));

        assertTrue(Files.readString(file).contains("\"category\":\""));
    }
}
