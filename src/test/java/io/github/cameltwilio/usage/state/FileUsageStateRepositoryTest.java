package io.github.cameltwilio.usage.state;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.github.cameltwilio.usage.client.Subresource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FileUsageStateRepositoryTest {
    private static final ReaderId READER = new ReaderId("AC1", Scope.all, Subresource.daily, List.of("sms"));
    private static final LocalDate DAY = LocalDate.parse("2026-03-15");

    @TempDir
    Path directory;
    private Path file;

    @BeforeEach
    void resolveFile() {
        file = directory.resolve("usage.state");
    }

    @Test
    void restoresStateWhenReopened() {
        UsageValues unusual = new UsageValues(new BigDecimal("12000"), "~", null, "", new BigDecimal("-0.000075"),
                "a|b\t%\n");
        try (FileUsageStateRepository state = open()) {
            state.advance(READER, Position.before(DAY), DAY);
            state.delivered(READER,
                    List.of(delivered(DAY, "sms", values(1)), delivered(LocalDate.MAX, "unusual\tcategory", unusual)));
        }

        try (FileUsageStateRepository state = open()) {
            assertThat(state.position(READER)).contains(Position.before(DAY));
            assertThat(last(state, DAY, "sms")).contains(values(1));
            assertThat(last(state, LocalDate.MAX, "unusual\tcategory")).contains(unusual);
            assertThat(last(state, DAY, "calls")).isEmpty();
        }
    }

    @Test
    void keepsPositionsOfReadersApart() {
        ReaderId other = new ReaderId("AC2", Scope.all, Subresource.daily, List.of("sms"));
        try (FileUsageStateRepository state = open()) {
            state.advance(READER, new Position(DAY, DAY), DAY);
            state.advance(other, Position.before(DAY), DAY);
        }

        try (FileUsageStateRepository state = open()) {
            assertThat(state.position(READER)).contains(new Position(DAY, DAY));
            assertThat(state.position(other)).contains(Position.before(DAY));
        }
    }

    @Test
    void neverMovesWatermarkBack() {
        try (FileUsageStateRepository state = open()) {
            state.advance(READER, new Position(DAY, DAY.plusDays(5)), DAY);
            state.advance(READER, new Position(DAY, DAY.plusDays(2)), DAY);
        }

        try (FileUsageStateRepository state = open()) {
            assertThat(state.position(READER)).contains(new Position(DAY, DAY.plusDays(5)));
        }
    }

    @Test
    void truncatesTornLastLineOfAnyLength() throws IOException {
        try (FileUsageStateRepository state = open()) {
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
        }
        byte[] before = Files.readAllBytes(file);
        try (FileUsageStateRepository state = open()) {
            state.delivered(READER, List.of(delivered(DAY, "calls", values(2))));
        }
        byte[] after = Files.readAllBytes(file);

        for (int length = before.length; length < after.length; length++) {
            Files.write(file, Arrays.copyOf(after, length));
            try (FileUsageStateRepository state = open()) {
                assertThat(last(state, DAY, "sms")).contains(values(1));
                assertThat(last(state, DAY, "calls")).isEmpty();
                state.delivered(READER, List.of(delivered(DAY, "mms", values(3))));
            }
            try (FileUsageStateRepository state = open()) {
                assertThat(last(state, DAY, "mms")).contains(values(3));
            }
        }
    }

    @Test
    void rejectsCorruptFileAndTellsHowToReset() throws IOException {
        try (FileUsageStateRepository state = open()) {
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
            state.delivered(READER, List.of(delivered(DAY, "calls", values(2))));
        }
        byte[] intact = Files.readAllBytes(file);
        int lastLine = new String(intact, StandardCharsets.UTF_8).lastIndexOf('\n', intact.length - 2) + 1;

        // The line break before the last line stays intact: damage there would join two lines into one torn line.
        for (int at = 0; at < lastLine - 1; at++) {
            byte[] damaged = intact.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertThatThrownBy(this::open).as("damage at byte %s", at).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file.toString()).hasMessageContaining("corrupt")
                    .hasMessageContaining("delete it");
        }
        Files.write(file, intact);
        open().close();
    }

    @Test
    void rejectsEmptyFile() throws IOException {
        Files.createFile(file);

        assertThatThrownBy(this::open).hasMessageContaining("is corrupt: it is empty");
    }

    @Test
    void rejectsFileOfAnotherReader() {
        open().close();

        ReaderId other = new ReaderId("AC1", Scope.all, Subresource.daily, List.of("sms", "calls"));
        assertThatThrownBy(() -> FileUsageStateRepository.open(file, other)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("AC1|all|daily|sms\"")
                .hasMessageContaining("AC1|all|daily|calls,sms\"");
        open().close();
    }

    @Test
    void leavesRejectedFileUntouched() throws IOException {
        open().close();
        Files.writeString(file, Files.readString(file) + "a line that another version may accept\n");
        byte[] before = Files.readAllBytes(file);

        ReaderId other = new ReaderId("AC2", Scope.all, Subresource.daily, List.of("sms"));
        assertThatThrownBy(() -> FileUsageStateRepository.open(file, other))
                .hasMessageContaining("of another consumer");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void rejectsSecondConsumerUntilFirstCloses() {
        try (FileUsageStateRepository first = open()) {
            assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file + " is in use by another consumer");
            first.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
        }
        open().close();
    }

    @Test
    void rejectsMissingDirectory() {
        assertThatThrownBy(() -> FileUsageStateRepository.open(directory.resolve("missing/usage.state"), READER))
                .hasMessageContaining("directory of the state file").hasMessageContaining("does not exist");
    }

    @Test
    void keepsFileSmallHoweverOftenValuesChange() throws IOException {
        try (FileUsageStateRepository state = open()) {
            for (int change = 0; change < 2000; change++) {
                state.delivered(READER, List.of(delivered(DAY.plusDays(change / 40), "sms", values(change))));
                state.advance(READER, new Position(DAY, DAY.plusDays(change / 40)), DAY.plusDays(change / 40));
            }
            assertThat(Files.size(file)).isLessThan(150_000);
        }

        try (FileUsageStateRepository state = open()) {
            assertThat(last(state, DAY.plusDays(49), "sms")).contains(values(1999));
            assertThat(last(state, DAY.plusDays(48), "sms")).isEmpty();
            assertThat(state.position(READER)).contains(new Position(DAY, DAY.plusDays(49)));
        }
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void keepsAllStateWhenFileIsReplaced() throws IOException {
        List<Journal.Step> steps = new ArrayList<>();
        ReaderId other = new ReaderId("AC2", Scope.all, Subresource.daily, List.of("sms"));
        try (FileUsageStateRepository state = new FileUsageStateRepository(file, READER, steps::add)) {
            state.advance(other, new Position(DAY, DAY.plusDays(7)), DAY);
            state.delivered(other, List.of(delivered(DAY.plusDays(1), "calls", values(1))));
            for (int change = 1; change <= 1003; change++) {
                state.delivered(READER, List.of(delivered(DAY, "sms", values(change))));
            }
            steps.clear();
            // The file holds 1004 values, of which only two are current.
            state.advance(READER, Position.before(DAY), DAY);
            assertThat(steps).as("a file with only a few outdated values").doesNotContain(Journal.Step.REPLACED);

            state.delivered(READER, List.of(delivered(DAY, "sms", values(1004))));
            steps.clear();
            state.advance(READER, new Position(DAY, DAY), DAY);
            assertThat(steps).endsWith(Journal.Step.REPLACEMENT_WRITTEN, Journal.Step.REPLACED);
        }

        assertThat(file).content().hasLineCount(5);
        try (FileUsageStateRepository state = open()) {
            assertThat(last(state, DAY, "sms")).contains(values(1004));
            assertThat(state.position(READER)).contains(new Position(DAY, DAY));
            assertThat(state.position(other)).contains(new Position(DAY, DAY.plusDays(7)));
            RecordKey calls = key(DAY.plusDays(1), "calls");
            assertThat(state.lastDelivered(other, List.of(calls))).containsEntry(calls, values(1));
        }
    }

    @Test
    void syncsLineToDiskBeforeReturning() {
        List<Journal.Step> steps = new ArrayList<>();
        try (FileUsageStateRepository state = new FileUsageStateRepository(file, READER, steps::add)) {
            assertThat(steps).containsExactly(Journal.Step.REPLACEMENT_WRITTEN, Journal.Step.REPLACED);
            steps.clear();
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
        }

        assertThat(steps).containsExactly(Journal.Step.WRITE, Journal.Step.WRITTEN, Journal.Step.SYNCED);
    }

    @Test
    void failsWriteAfterClose() {
        FileUsageStateRepository state = open();
        state.close();

        assertThatThrownBy(() -> state.delivered(READER, List.of(delivered(DAY, "sms", values(1)))))
                .hasMessageContaining(file + " could not be written");
    }

    private FileUsageStateRepository open() {
        return FileUsageStateRepository.open(file, READER);
    }

    private static UsageChange delivered(LocalDate day, String category, UsageValues values) {
        return new UsageChange(key(day, category), Optional.empty(), values);
    }

    private static Optional<UsageValues> last(UsageStateRepository state, LocalDate day, String category) {
        return Optional.ofNullable(state.lastDelivered(READER, List.of(key(day, category))).get(key(day, category)));
    }

    private static RecordKey key(LocalDate day, String category) {
        return new RecordKey("AC1", Scope.all, Subresource.daily, day, category);
    }

    private static UsageValues values(int count) {
        return new UsageValues(BigDecimal.valueOf(count), "messages", BigDecimal.valueOf(count), "messages",
                BigDecimal.valueOf(count, 2), "usd");
    }
}
