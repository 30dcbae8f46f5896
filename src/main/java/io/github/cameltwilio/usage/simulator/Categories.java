package io.github.cameltwilio.usage.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The categories of an account, and how they overlap: a parent is the sum of its leaves, and {@code totalprice} is the
 * price of all leaves.
 */
final class Categories {

    // name, parent, count unit, usage unit, description. A prefix of a name need not be its parent: calls-client is not
    // in calls.
    private static final Map<String, Category> BUILT_IN = """
            calls                     |                  | calls         | minutes    | Voice minutes
            calls-inbound             | calls            | calls         | minutes    | Inbound voice minutes
            calls-inbound-local       | calls-inbound    | calls         | minutes    | Inbound voice, local numbers
            calls-inbound-mobile      | calls-inbound    | calls         | minutes    | Inbound voice, mobile numbers
            calls-inbound-tollfree    | calls-inbound    | calls         | minutes    | Inbound voice, toll-free numbers
            calls-outbound            | calls            | calls         | minutes    | Outbound voice minutes
            calls-client              |                  | calls         | minutes    | Client voice minutes
            calls-sip                 |                  | calls         | minutes    | SIP minutes
            calls-sip-inbound         | calls-sip        | calls         | minutes    | Inbound SIP minutes
            calls-sip-outbound        | calls-sip        | calls         | minutes    | Outbound SIP minutes
            sms                       |                  | messages      | messages   | SMS
            sms-inbound               | sms              | messages      | messages   | Inbound SMS
            sms-inbound-longcode      | sms-inbound      | messages      | messages   | Inbound SMS, long codes
            sms-inbound-shortcode     | sms-inbound      | messages      | messages   | Inbound SMS, short codes
            sms-inbound-tollfree      | sms-inbound      | messages      | messages   | Inbound SMS, toll-free numbers
            sms-outbound              | sms              | messages      | messages   | Outbound SMS
            sms-outbound-longcode     | sms-outbound     | messages      | messages   | Outbound SMS, long codes
            sms-outbound-shortcode    | sms-outbound     | messages      | messages   | Outbound SMS, short codes
            sms-outbound-tollfree     | sms-outbound     | messages      | messages   | Outbound SMS, toll-free numbers
            sms-messages-carrierfees  |                  | messages      | messages   | Carrier fees for SMS
            mms                       |                  | messages      | messages   | MMS
            mms-inbound               | mms              | messages      | messages   | Inbound MMS
            mms-inbound-longcode      | mms-inbound      | messages      | messages   | Inbound MMS, long codes
            mms-inbound-shortcode     | mms-inbound      | messages      | messages   | Inbound MMS, short codes
            mms-outbound              | mms              | messages      | messages   | Outbound MMS
            mms-outbound-longcode     | mms-outbound     | messages      | messages   | Outbound MMS, long codes
            mms-outbound-shortcode    | mms-outbound     | messages      | messages   | Outbound MMS, short codes
            channels-whatsapp         |                  | messages      | messages   | WhatsApp messages
            channels-whatsapp-inbound | channels-whatsapp| messages      | messages   | Inbound WhatsApp messages
            channels-whatsapp-outbound| channels-whatsapp| messages      | messages   | Outbound WhatsApp messages
            phonenumbers              |                  | numbers       | numbers    | Phone numbers
            phonenumbers-local        | phonenumbers     | numbers       | numbers    | Local phone numbers
            phonenumbers-mobile       | phonenumbers     | numbers       | numbers    | Mobile phone numbers
            phonenumbers-tollfree     | phonenumbers     | numbers       | numbers    | Toll-free phone numbers
            recordings                |                  | recordings    | minutes    | Recordings
            calls-recordings          | recordings       | recordings    | minutes    | Recordings of calls
            trunking-recordings       | recordings       | recordings    | minutes    | Recordings of trunks
            recordingstorage          |                  | recordings    | minutes    | Storage of recordings
            transcriptions            |                  | transcriptions| minutes    | Transcriptions
            lookups                   |                  | lookups       | lookups    | Lookups
            carrier-lookups           | lookups          | lookups       | lookups    | Lookups of carriers
            fraud-lookups             | lookups          | lookups       | lookups    | Lookups of fraud risks
            studio-engagements        |                  | engagements   | engagements| Studio engagements
            totalprice                |                  |               | usd        | Total price
            """
            .lines()
            .map(line -> line.trim().split("\\s*\\|\\s*"))
            .map(cell -> new Category(cell[0], cell[1], cell[2], cell[3], cell[4]))
            .collect(Collectors.toMap(Category::name, category -> category, (a, b) -> a, LinkedHashMap::new));

    private final List<Category> all;
    private final Map<String, Category> byName = new LinkedHashMap<>();
    private final Map<Category, List<Category>> leaves = new LinkedHashMap<>();

    private Categories(List<Category> all) {
        this.all = List.copyOf(all);
        all.forEach(category -> byName.put(category.name(), category));
        all.forEach(category -> leaves.put(category, new ArrayList<>()));
        all.stream().filter(this::isLeaf).forEach(leaf -> all.stream().filter(category -> contains(category, leaf))
                .forEach(category -> leaves.get(category).add(leaf)));
    }

    static Categories builtIn() {
        return new Categories(List.copyOf(BUILT_IN.values()));
    }

    static Categories named(List<String> names) {
        return new Categories(names.stream().distinct()
                .map(name -> BUILT_IN.getOrDefault(name, Category.unknown(name)))
                .toList());
    }

    static Categories numbered(int count) {
        return named(IntStream.rangeClosed(1, count).mapToObj("category-%03d"::formatted).toList());
    }

    List<Category> all() {
        return all;
    }

    Optional<Category> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The leaves that add up to this category: itself if it is a leaf. */
    List<Category> leavesOf(Category category) {
        return leaves.get(category);
    }

    private boolean isLeaf(Category category) {
        return !category.isTotalPrice()
                && all.stream().noneMatch(other -> other != category && isBelow(other, category));
    }

    private static boolean contains(Category category, Category leaf) {
        return category.isTotalPrice() || category == leaf || isBelow(leaf, category);
    }

    /**
     * Follows all built-in categories, since an account may list calls and calls-inbound-local without calls-inbound.
     */
    private static boolean isBelow(Category category, Category ancestor) {
        for (Category above = BUILT_IN.get(category.parent()); above != null; above = BUILT_IN.get(above.parent())) {
            if (above.equals(ancestor)) {
                return true;
            }
        }
        return false;
    }
}
