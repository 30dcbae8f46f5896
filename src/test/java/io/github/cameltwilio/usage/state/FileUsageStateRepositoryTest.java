package io.github.cameltwilio.usage.state;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.ChildJvm;
import io.github.cameltwilio.usage.LoggedEvents;
import io.github.cameltwilio.usage.client.Subresource;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void staysRewoundWhenReopened() {
        Position earlier = new Position(DAY, DAY.plusDays(2), DAY.plusDays(1));
        try (FileUsageStateRepository state = begun()) {
            state.advance(READER, new Position(DAY, DAY.plusDays(9)), DAY.plusDays(6));
            state.rewind(READER, earlier);
            assertThat(state.position(READER)).contains(earlier);
        }

        try (FileUsageStateRepository state = open()) {
            assertThat(state.position(READER)).contains(earlier);
        }
    }

    @Test
    void restoresTheCategoriesOfEachReader() {
        ReaderId other = new ReaderId("AC2", Scope.all, Subresource.daily, List.of("sms"));
        try (FileUsageStateRepository state = begun()) {
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1)), delivered(DAY, "calls", values(1))));
            state.delivered(other, List.of(delivered(DAY, "mms", values(1))));
        }

        try (FileUsageStateRepository state = open()) {
            assertThat(state.categories(READER)).containsExactlyInAnyOrder("sms", "calls");
        }
    }

    @Test
    void truncatesTornLastLineOfAnyLength() throws IOException {
        try (FileUsageStateRepository state = begun()) {
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
        try (FileUsageStateRepository state = begun()) {
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
            state.delivered(READER, List.of(delivered(DAY, "calls", values(2))));
            state.sync();
        }
        byte[] intact = Files.readAllBytes(file);
        int lastLine = new String(intact, StandardCharsets.UTF_8).lastIndexOf('\n', intact.length - 2) + 1;

        // The line break before the last line stays intact: damage there would damage the mark of the sync.
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
        begun().close();

        ReaderId other = new ReaderId("AC1", Scope.all, Subresource.daily, List.of("sms", "calls"));
        assertThatThrownBy(() -> FileUsageStateRepository.open(file, other)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("AC1|all|daily|sms\"")
                .hasMessageContaining("AC1|all|daily|calls,sms\"");
        open().close();
    }

    @Test
    void leavesRejectedFileUntouched() throws IOException {
        begun().close();
        Files.writeString(file, Files.readString(file) + "a line that another version may accept\n");
        byte[] before = Files.readAllBytes(file);

        ReaderId other = new ReaderId("AC2", Scope.all, Subresource.daily, List.of("sms"));
        assertThatThrownBy(() -> FileUsageStateRepository.open(file, other))
                .hasMessageContaining("belongs to another consumer");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void rejectsSecondConsumerUntilFirstCloses() {
        try (FileUsageStateRepository first = begun()) {
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
        try (FileUsageStateRepository state = begun()) {
            for (int change = 0; change < 2000; change++) {
                state.delivered(READER, List.of(delivered(DAY.plusDays(change / 40), "sms", values(change))));
                state.advance(READER, new Position(DAY, DAY.plusDays(change / 40)), DAY.plusDays(change / 40));
            }
            assertThat(Files.size(file)).isLessThan(150_000);
        }

        try (FileUsageStateRepository state = open()) {
            assertThat(last(state, DAY.plusDays(49), "sms")).contains(values(1999));
            assertThat(last(state, DAY.plusDays(48), "sms")).isEmpty();
            assertThat(state.position(READER)).contains(new Position(DAY, DAY.plusDays(49), DAY.plusDays(49)));
        }
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void shrinksFileWhenPositionMoved() throws IOException {
        try (FileUsageStateRepository state = begun()) {
            for (int record = 0; record < 5000; record++) {
                state.delivered(READER, List.of(delivered(DAY, "category-" + record, values(record))));
            }
            state.advance(READER, new Position(DAY, DAY.plusDays(9)), DAY.plusDays(6));
            state.delivered(READER, List.of(delivered(DAY.plusDays(9), "sms", values(1))));

            assertThat(Files.size(file)).isLessThan(1000);
        }
    }

    @Test
    void keepsAllStateWhenFileIsReplaced() throws IOException {
        List<Journal.Step> steps = new ArrayList<>();
        ReaderId other = new ReaderId("AC2", Scope.all, Subresource.daily, List.of("sms"));
        try (FileUsageStateRepository state = new FileUsageStateRepository(file, READER, steps::add)) {
            state.advance(other, new Position(DAY, DAY.plusDays(7)), DAY.plusDays(1));
            state.delivered(other, List.of(delivered(DAY.plusDays(1), "calls", values(1))));
            state.advance(READER, Position.before(DAY), DAY);
            steps.clear();
            int change = 1;
            for (; change < 2000 && !steps.contains(Journal.Step.REPLACED); change++) {
                state.delivered(READER, List.of(delivered(DAY, "sms", values(change))));
            }
            assertThat(change).as("changes that outdate a file").isBetween(1000, 1010);
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1004))));
        }

        assertThat(file).content().hasLineCount(8);
        try (FileUsageStateRepository state = open()) {
            assertThat(last(state, DAY, "sms")).contains(values(1004));
            assertThat(state.position(READER)).contains(Position.before(DAY));
            assertThat(state.position(other)).contains(new Position(DAY, DAY.plusDays(7), DAY.plusDays(1)));
            RecordKey calls = key(DAY.plusDays(1), "calls");
            assertThat(state.lastDelivered(other, List.of(calls))).containsEntry(calls, values(1));
        }
    }

    /** A list without days, for example of a whole month, has no position that moves. */
    @Test
    @Tag("slow")
    void staysBelowAMegabyteWithoutMovingPosition() throws IOException {
        long largest = 0;
        try (FileUsageStateRepository state = begun()) {
            for (int poll = 0; poll < 1000; poll++) {
                for (int category = 0; category < 300; category++) {
                    state.delivered(READER, List.of(delivered(DAY, "category-" + category, values(poll))));
                    largest = Math.max(largest, category % 50 == 0 ? Files.size(file) : 0);
                }
                state.advance(READER, Position.before(DAY), DAY);
            }
        }

        assertThat(largest).isLessThan(1_000_000);
        try (FileUsageStateRepository state = open()) {
            assertThat(last(state, DAY, "category-299")).contains(values(999));
        }
    }

    @Test
    void writesEachExchangeAndSyncsWhenTold() {
        List<Journal.Step> steps = new ArrayList<>();
        try (FileUsageStateRepository state = new FileUsageStateRepository(file, READER, steps::add)) {
            state.advance(READER, Position.before(DAY), DAY);
            assertThat(steps).containsExactly(Journal.Step.REPLACEMENT_WRITTEN, Journal.Step.REPLACED);
            steps.clear();
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1)), delivered(DAY, "calls", values(1))));
            assertThat(steps).as("one write").containsExactly(Journal.Step.WRITE, Journal.Step.WRITTEN);
            steps.clear();
            state.sync();
            assertThat(steps).first().isEqualTo(Journal.Step.SYNCED);
            steps.clear();
            state.sync();
            assertThat(steps).as("nothing to sync").isEmpty();
        }
    }

    @Test
    void syncsRecordsBeforePosition() {
        List<Journal.Step> steps = new ArrayList<>();
        try (FileUsageStateRepository state = new FileUsageStateRepository(file, READER, steps::add)) {
            state.advance(READER, Position.before(DAY), DAY);
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
            steps.clear();
            state.advance(READER, new Position(DAY, DAY), DAY);
        }

        assertThat(steps).startsWith(Journal.Step.SYNCED).endsWith(Journal.Step.WRITE, Journal.Step.WRITTEN,
                Journal.Step.SYNCED);
    }

    @Test
    void keepsOnWritingWhenThreadIsInterrupted() {
        try (FileUsageStateRepository state = open()) {
            Thread.currentThread().interrupt();
            state.advance(READER, Position.before(DAY), DAY);
            for (int change = 0; change < 3000; change++) {
                state.delivered(READER, List.of(delivered(DAY, "sms", values(change))));
            }
            state.sync();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }

        try (FileUsageStateRepository state = open()) {
            assertThat(last(state, DAY, "sms")).contains(values(2999));
        }
    }

    @Test
    void rejectsFileWhoseEndIsMissing() throws IOException {
        begun().close();
        byte[] intact = Files.readAllBytes(file);

        for (int length = 0; length < intact.length; length++) {
            Files.write(file, Arrays.copyOf(intact, length));
            assertThatThrownBy(this::open).as("cut after %s bytes", length).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file + " is corrupt");
        }
    }

    @Test
    void rejectsFileWithoutPosition() throws IOException {
        begun().close();
        Files.write(file, Files.readAllLines(file).stream().filter(line -> !line.contains("position")).toList());

        assertThatThrownBy(this::open).hasMessageContaining("is corrupt: it has no position");
    }

    @Test
    void rejectsFileThatHasValuesButNoPosition() throws IOException {
        try (FileUsageStateRepository state = begun()) {
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
        }
        Files.write(file, Files.readAllLines(file).stream().filter(line -> !line.contains("position")).toList());

        assertThatThrownBy(this::open).hasMessageContaining("is corrupt: it has no position");
    }

    @Test
    void saysWhetherAFileIsDamagedOrItsEndIsMissing() throws IOException {
        begun().close();
        String firstLine = Files.readAllLines(file).get(0) + "\n";

        Files.writeString(file, firstLine);
        assertThatThrownBy(this::open).hasMessageContaining(file + " is corrupt: its end is missing");
        Files.writeString(file, firstLine + "garbage\n");
        assertThatThrownBy(this::open)
                .hasMessageContaining(file + " is corrupt: line 2 does not match its checksum");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "1234567", "12345678", "123456789", "12345678 " })
    void cutsOffALineThatHasNoRoomForItsChecksum(String line) throws IOException {
        begun().close();
        byte[] intact = Files.readAllBytes(file);
        Files.writeString(file, line + "\n", StandardOpenOption.APPEND);

        try (FileUsageStateRepository state = open()) {
            assertThat(state.position(READER)).contains(Position.before(DAY));
        }
        assertThat(file).hasBinaryContent(intact);
    }

    /** The system may write what was not synced in any order, and a page that is missing reads as zeros. */
    @Test
    void cutsOffWhatAPowerFailureLeft() throws IOException {
        try (FileUsageStateRepository state = begun()) {
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
            state.sync();
        }
        int synced = (int) Files.size(file);
        try (FileUsageStateRepository state = open()) {
            for (int change = 2; change < 9; change++) {
                state.delivered(READER, List.of(delivered(DAY, "sms", values(change))));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, synced, synced + 150, (byte) 0);
        Files.write(file, bytes);

        try (LoggedEvents log = new LoggedEvents(); FileUsageStateRepository state = open()) {
            assertThat(last(state, DAY, "sms")).contains(values(1));
            assertThat(log.events()).anySatisfy(event -> {
                assertThat(event.level()).isEqualTo(Level.INFO);
                assertThat(event.text()).contains("The last " + (bytes.length - synced) + " bytes of the state file "
                        + file + ", from line 6 on");
            });
        }
        assertThat(file).hasSize(synced);
    }

    @Test
    void createsTargetOfDanglingLink() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("disk/usage.state"));
        Files.createDirectory(directory.resolve("disk"));
        try (FileUsageStateRepository state = FileUsageStateRepository.open(link, READER)) {
            state.advance(READER, Position.before(DAY), DAY);
        }

        assertThat(link).isSymbolicLink();
        assertThat(directory.resolve("disk/usage.state")).isRegularFile();
    }

    @Test
    void rejectsALoopOfLinks() throws IOException {
        Path other = directory.resolve("other");
        Files.createSymbolicLink(file, other);
        Files.createSymbolicLink(other, file);

        assertThatThrownBy(this::open).hasMessageContaining("The state file " + file + " is a symbolic link that leads"
                + " to no file");
        assertThat(directory).isDirectoryNotContaining("glob:**.lock");
    }

    /** The replacement or the lock file of another consumer would overwrite it. */
    @ParameterizedTest
    @ValueSource(strings = { "usage.state.new", "usage.state.NEW", "usage.state.lock" })
    void rejectsNamesOfFilesThatAccompanyAnother(String name) throws IOException {
        Path accompanying = directory.resolve(name);
        Files.createSymbolicLink(file, accompanying);
        for (Path way : List.of(accompanying, file)) {
            assertThatThrownBy(() -> FileUsageStateRepository.open(way, READER))
                    .hasMessageContaining("The state file " + accompanying).hasMessageContaining("ends neither with"
                            + " .new nor with .lock");
        }
        assertThat(accompanying).doesNotExist();
    }

    @Test
    @SuppressWarnings("try")
    void locksFileBehindLinks() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        Path directoryLink = Files.createSymbolicLink(directory.resolve("here"), directory);
        try (FileUsageStateRepository state = begun()) {
            for (Path way : List.of(link, directoryLink.resolve("usage.state"), directoryLink.resolve("link"))) {
                assertThatThrownBy(() -> FileUsageStateRepository.open(way, READER))
                        .hasMessageContaining("is in use by another consumer");
            }
        }
        FileUsageStateRepository.open(link, READER).close();
        assertThat(link).isSymbolicLink();
    }

    @Test
    @Tag("slow")
    @SuppressWarnings("try")
    void keepsOtherProcessesOutAfterRejectingConsumer() throws Exception {
        try (FileUsageStateRepository state = begun()) {
            assertThatThrownBy(this::open).hasMessageContaining("is in use by another consumer");
            Path link = Files.createSymbolicLink(directory.resolve("here"), directory).resolve("usage.state");
            assertThatThrownBy(() -> FileUsageStateRepository.open(link, READER))
                    .hasMessageContaining("is in use by another consumer");
            try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
                Class<?> copy = loader.loadClass(SecondProcess.class.getName());
                assertThatThrownBy(() -> copy.getMethod("main", String[].class).invoke(null,
                        (Object) new String[]{ file.toString() }))
                        .hasRootCauseMessage(
                                "The state file " + file + " is in use by another consumer: give each one a"
                                        + " file of its own, or run only one at a time with the master component");
            }
            assertThat(ChildJvm.outputOf(ChildJvm.of(SecondProcess.class, List.of(), file.toString())))
                    .contains("is in use by another consumer");
        }
        assertThat(ChildJvm.outputOf(ChildJvm.of(SecondProcess.class, List.of(), file.toString()))).contains("opened");
    }

    private static URL[] classPath() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    public static final class SecondProcess {
        public static void main(String[] arguments) {
            FileUsageStateRepository.open(Path.of(arguments[0]), READER).close();
            System.out.println("opened");
        }
    }

    @Test
    void noticesThatLockFileIsGone() throws IOException {
        try (FileUsageStateRepository state = begun()) {
            Files.delete(directory.resolve("usage.state.lock"));
            assertThatThrownBy(state::sync).hasMessageContaining(file + ".lock was deleted or replaced");

            Files.createFile(directory.resolve("usage.state.lock"));
            assertThatThrownBy(state::sync).hasMessageContaining(file + ".lock was deleted or replaced");
        }
        try (FileUsageStateRepository state = open()) {
            state.sync();
        }
    }

    @Test
    void doesNotOverwriteAFileThatAppears() throws IOException {
        begun().close();
        Path backup = Files.move(file, directory.resolve("backup"));
        try (FileUsageStateRepository state = open()) {
            Files.copy(backup, file);
            assertThatThrownBy(() -> state.advance(READER, Position.before(DAY), DAY))
                    .hasMessageContaining(file + " did not exist when the route started");
            assertThat(file).hasSameBinaryContentAs(backup);

            Files.delete(file);
            state.advance(READER, Position.before(DAY), DAY);
        }
    }

    @Test
    void noticesThatFileWasDeletedReplacedOrChanged() throws IOException {
        try (FileUsageStateRepository state = begun()) {
            Path copy = Files.copy(file, directory.resolve("copy"));
            Files.delete(file);
            assertThatThrownBy(state::sync).hasMessageContaining(file + " was deleted while in use")
                    .hasMessageContaining("start the route");

            Files.move(copy, file);
            assertThatThrownBy(state::sync).hasMessageContaining(file + " was replaced or changed while in use");
        }
        try (FileUsageStateRepository state = open()) {
            state.sync();
            Files.writeString(file, "");
            assertThatThrownBy(state::sync).hasMessageContaining(file + " was replaced or changed while in use");
            assertThatThrownBy(() -> state.advance(READER, new Position(DAY, DAY), DAY))
                    .hasMessageContaining(file + " was replaced or changed while in use");
        }
    }

    @Test
    void overwritesNoFileThatTookThePlaceOfItsOwn() throws IOException {
        try (FileUsageStateRepository state = begun()) {
            Path copy = Files.copy(file, directory.resolve("copy"));
            Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
            byte[] before = Files.readAllBytes(file);

            assertThatThrownBy(() -> {
                for (int change = 0; change < 2000; change++) {
                    state.delivered(READER, List.of(delivered(DAY, "sms", values(change))));
                }
            }).hasMessageContaining(file + " was replaced or changed while in use");
            assertThat(file).hasBinaryContent(before);
        }
    }

    @Test
    void overwritesNoFileWhoseLockIsGone() throws IOException {
        try (FileUsageStateRepository state = open()) {
            Files.delete(directory.resolve("usage.state.lock"));
            assertThatThrownBy(() -> state.advance(READER, Position.before(DAY), DAY))
                    .hasMessageContaining(file + ".lock was deleted or replaced");
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void repairsAFailedWriteWhenTold() {
        AtomicBoolean fails = new AtomicBoolean();
        Consumer<Journal.Step> failing = step -> {
            if (step == Journal.Step.WRITE && fails.getAndSet(false)) {
                throw new IllegalStateException("no space");
            }
        };
        try (FileUsageStateRepository state = new FileUsageStateRepository(file, READER, failing)) {
            state.advance(READER, Position.before(DAY), DAY);
            state.delivered(READER, List.of(delivered(DAY, "sms", values(1))));
            fails.set(true);
            assertThatThrownBy(() -> state.delivered(READER, List.of(delivered(DAY, "calls", values(2)))))
                    .hasMessageContaining("no space");
            assertThat(file).content().hasLineCount(4);

            state.sync();
            assertThat(file).as("rewritten, without the mark of a sync between its lines").content().hasLineCount(4)
                    .contains("sms").endsWith("synced\n");
        }
    }

    /** The shell's limit on file size has the effect of a full disk. */
    @Test
    @EnabledOnOs({ OS.LINUX, OS.MAC })
    void goesOnWhenAFullDiskHasSpaceAgain() {
        ProcessBuilder child = ChildJvm.of(FullDisk.class, List.of("-Xmx64m"), file.toString());
        List<String> command = new ArrayList<>(List.of("bash", "-c", "ulimit -f 64; exec \"$@\"", "bash"));
        command.addAll(child.command());
        String output = ChildJvm.outputOf(child.command(command));

        assertThat(output).contains("repeated changes: done, failures: true")
                .contains("many records: File too large, then File too large");
        int stored = Integer.parseInt(output.replaceAll("(?s).*stored ([0-9]+) records.*", "$1"));
        try (FileUsageStateRepository state = open()) {
            assertThat(last(state, DAY, "sms")).contains(values(2000));
            assertThat(last(state, DAY, "category-" + (stored - 1))).contains(values(stored - 1));
            assertThat(last(state, DAY, "category-" + stored)).isEmpty();
            state.delivered(READER, List.of(delivered(DAY, "category-" + stored, values(stored))));
        }
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }

    static final class FullDisk {
        public static void main(String[] arguments) {
            try (FileUsageStateRepository state = FileUsageStateRepository.open(Path.of(arguments[0]), READER)) {
                state.advance(READER, Position.before(DAY), DAY);
                int failures = 0;
                for (int change = 0; change <= 2000; change++) {
                    // The rewritten file has space, because it is smaller.
                    if (failure(state, "sms", change) != null) {
                        failures++;
                        state.delivered(READER, List.of(delivered(DAY, "sms", values(change))));
                    }
                }
                System.out.println("repeated changes: done, failures: " + (failures > 0));
                int stored = 0;
                // Rewriting the file may cure a first failure, but not a second one in a row.
                while (failure(state, "category-" + stored, stored) == null
                        || failure(state, "category-" + stored, stored) == null) {
                    stored++;
                }
                String failure = failure(state, "category-" + stored, stored);
                System.out.println("many records: " + reason(failure) + ", then "
                        + reason(failure(state, "category-" + stored, stored)));
                System.out.println("stored " + stored + " records");
            }
        }

        private static String reason(String failure) {
            return failure.replaceAll(".*: ", "");
        }

        private static String failure(UsageStateRepository state, String category, int value) {
            try {
                state.delivered(READER, List.of(delivered(DAY, category, values(value))));
                return null;
            } catch (UncheckedIOException e) {
                return e.getMessage();
            }
        }
    }

    /** A route may replace its file for years, and be started again as often. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void keepsNoFileOpenThatWasReplacedOrClosed() throws IOException {
        List<Journal.Step> steps = new ArrayList<>();
        try (FileUsageStateRepository state = new FileUsageStateRepository(file, READER, steps::add)) {
            state.advance(READER, Position.before(DAY), DAY);
            for (int change = 0; change < 1500; change++) {
                state.delivered(READER, List.of(delivered(DAY, "sms", values(change))));
            }
            assertThat(steps).filteredOn(Journal.Step.REPLACED::equals).hasSize(2);
            assertThat(openFiles()).containsExactlyInAnyOrder("usage.state", "usage.state.lock");
        }
        assertThat(openFiles()).isEmpty();
    }

    private List<String> openFiles() throws IOException {
        Path parent = directory.toRealPath();
        List<String> names = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    Path open = Files.readSymbolicLink(descriptor);
                    if (open.startsWith(parent)) {
                        names.add(open.getFileName().toString());
                    }
                } catch (NoSuchFileException e) {
                    // Another thread has closed it in the meantime.
                }
            }
        }
        return names;
    }

    @Test
    void failsWriteAfterClose() {
        FileUsageStateRepository state = begun();
        state.close();

        assertThatThrownBy(() -> state.delivered(READER, List.of(delivered(DAY, "sms", values(1)))))
                .hasMessageContaining(file + " could not be written");
    }

    private FileUsageStateRepository open() {
        return FileUsageStateRepository.open(file, READER);
    }

    private FileUsageStateRepository begun() {
        FileUsageStateRepository state = open();
        state.advance(READER, Position.before(DAY), DAY);
        return state;
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
