package io.github.cameltwilio.usage.state;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cameltwilio.usage.client.Subresource;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class JournalFuzzTest {
    private static final ReaderId READER = new ReaderId("AC1", Scope.all, Subresource.daily, List.of("sms"));
    private static final RecordKey KEY = new RecordKey("AC1", Scope.all, Subresource.daily,
            LocalDate.parse("2026-03-15"), "sms");

    private static final UsageValues VALUES = new UsageValues(BigDecimal.ONE, "messages", BigDecimal.TEN, "messages",
            null, "usd");

    private static final String BEGINNING = withChecksum("twilio-usage-state\t2\t" + READER)
            + withChecksum("position\t" + READER + "\t2026-03-01\t2026-03-14\t2026-03-11") + withChecksum("synced");

    @TempDir
    static Path directory;

    @FuzzTest(maxDuration = "20s")
    void rejectsFileOrLosesNothingButTornLastLine(byte[] data) throws IOException {
        assertRejectedOrWhole(data);
        // Random bytes hardly ever have a valid checksum, so each line is given one: what follows it is fuzzed as well.
        String lines = Arrays.stream(new String(data, StandardCharsets.UTF_8).split("\n"))
                .map(JournalFuzzTest::withChecksum)
                .collect(Collectors.joining());
        assertRejectedOrWhole(
                (BEGINNING + lines).getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRejectedOrWhole(byte[] bytes) throws IOException {
        Path file = directory.resolve("usage.state");
        Files.write(file, bytes);
        try (FileUsageStateRepository state = FileUsageStateRepository.open(file, READER)) {
            assertThat(state.position(READER)).isNotNull();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining("start over");
            assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
            return;
        }
        byte[] kept = Files.readAllBytes(file);
        assertThat(Arrays.copyOf(bytes, kept.length)).isEqualTo(kept);
        String torn = new String(bytes, kept.length, bytes.length - kept.length, StandardCharsets.UTF_8);
        assertThat(torn).doesNotContain(withChecksum("synced"));
        int end = torn.indexOf('\n');
        assertThat(end > 9 && torn.startsWith(withChecksum(torn.substring(9, end)))).isFalse();
        assertAppendedStateIsRestored(file);
    }

    private static void assertAppendedStateIsRestored(Path file) {
        Optional<Position> position;
        try (FileUsageStateRepository state = FileUsageStateRepository.open(file, READER)) {
            position = state.position(READER);
            state.delivered(READER, List.of(new UsageChange(KEY, Optional.empty(), VALUES)));
        }
        try (FileUsageStateRepository state = FileUsageStateRepository.open(file, READER)) {
            assertThat(state.position(READER)).isEqualTo(position);
            assertThat(state.lastDelivered(READER, List.of(KEY))).containsEntry(KEY, VALUES);
        }
    }

    private static String withChecksum(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x %s\n", crc.getValue(), line);
    }
}
