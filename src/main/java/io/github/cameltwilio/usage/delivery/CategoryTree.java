package io.github.cameltwilio.usage.delivery;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which of Twilio's categories is a part of which other. Twilio publishes no such tree, only a description of each
 * category, and describes about a quarter of them.
 *
 * <p>
 * {@link #DESCRIBED} has what the descriptions say. Only the name is known of all other categories, so they count as
 * parts of the category whose name they extend: {@code wireless-usage-data} of {@code wireless-usage}. If that is
 * wrong, the cost of the shorter name becomes unattributed; the opposite mistake would show a cost twice.
 */
final class CategoryTree {
    /** How Twilio's description relates a category to another one, and what it says. */
    record Line(String category, String relation, String other, String source) {
    }

    /** The category is a part of the other one. */
    static final String IN = "in";
    /** The category is not part of the other one, although it extends its name. */
    static final String BESIDE = "beside";
    /** All of the category's usage is listed in the other one and its parts as well, so it is never added. */
    static final String AGAIN_IN = "again in";

    // The sources are the descriptions at https://www.twilio.com/docs/usage/api/usage-record#usage-all-categories
    // as of 2026-09-08. A name without a row in that list, for example pvideo, stands for all that extend it.
    static final Map<String, Line> DESCRIBED = """
            calls-sip              | beside   | calls            | calls: "Does not include client or SIP calls"
            calls-client           | beside   | calls            | calls: "Does not include client or SIP calls"
            prog-voice-client      | in       | calls-client     | calls-client: "All TwilioClient voice calls"
            calls-recordings       | in       | recordings       | recordings: "of voice and trunking calls"
            trunking-recordings    | in       | recordings       | recordings: "of voice and trunking calls"
            authy-calls-outbound   | again in | calls-outbound   | it: "also included in the Voice categories"
            authy-sms-outbound     | again in | sms-outbound     | it: "also included in the SMS categories"
            programmablevoiceconn  | in | programmablevoiceconnectivity | the latter: "Includes Client and SIP Calls"
            pstnconnectivity       | in | programmablevoiceconnectivity | the latter: "Inbound and outbound voice calls"
            pstnconnectivity-minutesinboundlocal             | in | pstnconnectivity-inbound | "All inbound voice calls"
            pstnconnectivity-minutesinboundmobile            | in | pstnconnectivity-inbound | "All inbound voice calls"
            pstnconnectivity-minutesinboundtollfree          | in | pstnconnectivity-inbound | "All inbound voice calls"
            pstnconnectivity-minutesinboundtollfreelocal     | in | pstnconnectivity-minutesinboundtollfree | the name
            pstnconnectivity-minutesinboundtollfreemobile    | in | pstnconnectivity-minutesinboundtollfree | the name
            usage-rcs-basic-messages-outbound   | in | usage-rcs-messages | usage-rcs-messages: "All RCS messages"
            usage-rcs-single-messages-outbound  | in | usage-rcs-messages | usage-rcs-messages: "All RCS messages"
            carrier-lookups            | in | lookups | lookups: "All Lookups executed across all categories"
            calleridlookups            | in | lookups | lookups: "All Lookups executed across all categories"
            number-format-lookups      | in | lookups | lookups: "All Lookups executed across all categories"
            call-forwarding-lookups    | in | lookups | lookups: "All Lookups executed across all categories"
            sim-swap-lookups           | in | lookups | lookups: "All Lookups executed across all categories"
            live-activity-lookups      | in | lookups | lookups: "All Lookups executed across all categories"
            enhanced-line-type-lookups | in | lookups | lookups: "All Lookups executed across all categories"
            identity-match             | in | lookups | lookups: "All Lookups executed across all categories"
            lookup-identity-match      | in | lookups | lookups: "All Lookups executed across all categories"
            fraud-lookups              | in | lookups | lookups: "All Lookups executed across all categories"
            line-status-lookups        | in | lookups | lookups: "All Lookups executed across all categories"
            phone-quality-score-lookups | in | lookups | lookups: "All Lookups executed across all categories"
            group-rooms            | in | pv | pv: "All Programmable Video usage including TURN"
            small-group-rooms      | in | pv | pv: "All Programmable Video usage including TURN"
            video-recordings       | in | pv | pv: "All Programmable Video usage including TURN"
            turnmegabytes          | in | pv | pv: "All Programmable Video usage including TURN"
            video-rooms-turn-megabytes | in | turnmegabytes | turnmegabytes: "All TURN data relayed by Twilio"
            pvideo                 | in | pv | pv: "All Programmable Video usage including TURN"
            peer-to-peer-rooms-participant-minutes       | in | pv-rooms | pv-rooms: "all Peer-to-Peer Rooms usage"
            basic-peer-to-peer-rooms-participant-minutes | in | pv-rooms | pv-rooms: "all Peer-to-Peer Rooms usage"
            group-rooms-recorded-minutes         | in | video-recordings | "video Recordings and Compositions"
            group-rooms-encrypted-media-recorded | in | video-recordings | it: "Recordings and Compositions"
            group-rooms-media-recorded           | in | video-recordings | "video Recordings and Compositions"
            group-rooms-media-stored             | in | video-recordings | it: "Recordings and Compositions"
            group-rooms-media-downloaded         | in | video-recordings | it: "Recordings and Compositions"
            pv-composition                       | in | video-recordings | "video Recordings and Compositions"
            pv-recording-compositions            | in | video-recordings | "video Recordings and Compositions"
            sync-endpoint-hours-above-daily-cap  | beside | sync-endpoint-hours | it: "shown separately"
            """
            .lines()
            .map(line -> line.trim().split("\\s*\\|\\s*", 4))
            .map(cell -> new Line(cell[0], cell[1], cell[2], cell[3]))
            .collect(Collectors.toUnmodifiableMap(Line::category, Function.identity()));

    private CategoryTree() {
    }

    /** Returns the categories that contain this one, listed or not; none if it stands for itself. */
    static Set<String> containers(String category) {
        Set<String> containers = new LinkedHashSet<>();
        for (String above = container(category); above != null; above = container(above)) {
            containers.add(above);
        }
        return containers;
    }

    /** Returns whether other categories list all usage of this one too. */
    static boolean isListedAgain(String category) {
        Line line = DESCRIBED.get(category);
        return line != null && line.relation().equals(AGAIN_IN);
    }

    private static String container(String category) {
        Line line = DESCRIBED.get(category);
        if (line != null) {
            return line.relation().equals(IN) ? line.other() : null;
        }
        int end = category.lastIndexOf('-');
        return end <= 0 ? null : category.substring(0, end);
    }
}
