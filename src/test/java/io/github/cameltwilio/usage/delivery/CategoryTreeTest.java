package io.github.cameltwilio.usage.delivery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CategoryTreeTest {
    private static final Path DATA = Path.of(System.getProperty("twilio.data", ""));
    // Names that no category has, but that several extend.
    private static final Set<String> STEMS = Set.of("prog-voice-client", "programmablevoiceconn", "pvideo",
            "pv-composition");

    @ParameterizedTest
    @CsvSource({ "calls-inbound-local, calls-inbound calls", "calls-sip-inbound, calls-sip", "calls-client, ",
            "calls-recordings, recordings", "sim-swap-lookups, lookups", "calleridlookups-api, calleridlookups lookups",
            "pv-composition-minutes, pv-composition video-recordings pv", "pvideo-room-hours-us1,"
                    + " pvideo-room-hours pvideo-room pvideo pv",
            "peer-to-peer-rooms-participant-minutes, pv-rooms pv", "turnmegabytes-india, turnmegabytes pv",
            "usage-rcs-single-messages-outbound, usage-rcs-messages usage-rcs usage",
            "programmablevoiceconn-sip-inbound, programmablevoiceconn-sip programmablevoiceconn"
                    + " programmablevoiceconnectivity",
            "sync-endpoint-hours-above-daily-cap, ", "-, " })
    void followsDescriptionsBeforeNames(String category, String containers) {
        assertThat(CategoryTree.containers(category))
                .containsExactly(containers == null ? new String[0] : containers.split(" "));
    }

    @Test
    void everyLineHasARelationAndASource() {
        assertThat(CategoryTree.DESCRIBED.values()).hasSizeGreaterThan(40).allSatisfy(line -> {
            assertThat(line.relation()).isIn(CategoryTree.IN, CategoryTree.BESIDE, CategoryTree.AGAIN_IN);
            assertThat(line.source()).isNotBlank();
            assertThat(CategoryTree.containers(line.other())).as("no cycle").doesNotContain(line.category());
            assertThat(line.category()).as("Twilio's names are compared in lower case").isLowerCase();
        });
    }

    @Test
    @EnabledIfSystemProperty(named = "twilio.data", matches = ".+",
            disabledReason = "Twilio's data is not part of this project; set -Dtwilio.data to its directory")
    void placesEachOfTwiliosCategoriesOnce() throws IOException {
        Set<String> all = new TreeSet<>(Files.readAllLines(DATA.resolve("categories.txt")));
        assertThat(all).hasSize(643);

        assertThat(all).allSatisfy(category -> assertThat(CategoryTree.containers(category)).doesNotContain(category));
        // identity-match is in Twilio's documentation, but not among the categories of its API description.
        assertThat(CategoryTree.DESCRIBED.values()).allSatisfy(line -> assertThat(List.of(line.category(),
                line.other())).allMatch(
                        name -> all.contains(name) || STEMS.contains(name)
                                || name.equals("identity-match")));
        // Each pair that only looks like container and part is in the table, as Twilio excludes it in so many words.
        assertThat(all).allSatisfy(category -> assertThat(all.stream().filter(other -> category.startsWith(other + "-")
                && !CategoryTree.containers(category).contains(other)))
                .allMatch(other -> CategoryTree.DESCRIBED.values().stream().anyMatch(
                        line -> (category + "-").startsWith(line.category() + "-"))));
        // All Lookups belong to the category of all Lookups, also those that Twilio has added since.
        assertThat(all).filteredOn(category -> category.endsWith("lookups") && !category.equals("lookups"))
                .hasSize(10)
                .allSatisfy(category -> assertThat(CategoryTree.containers(category)).contains("lookups"));
    }
}
