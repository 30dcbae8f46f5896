package io.github.cameltwilio.usage.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonFactory;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Takes those usage records out of a page that are written like its first one, as all of Twilio's are. What is left is still
 * JSON, and Jackson's to read: it alone says what a page is, and what any other record means.
 */
final class AlikeRecords {
    // Some forty records. Each read of a connection costs about the same, be it long or short.
    private static final int WINDOW = 64 * 1024;
    // Twilio's largest page.
    private static final int MOST = 1000;
    // Without brackets and escapes before it this is the page's own list, and nothing that looks like it.
    private static final Pattern HEAD = Pattern.compile("\\s*\\{[^\\\\{}\\]]*\"usage_records\"\\s*:\\s*\\[");
    private static final byte[] EMPTY_RECORD = { '{', '}' };

    private final JsonFactory json;
    private final RepeatedTexts texts;
    private final ResponseBody body;
    private final byte[] window = new byte[WINDOW + RecordTemplate.SPARE_BYTES];
    private byte[] head = {};
    private int taken;
    private int at;
    private int end;

    AlikeRecords(JsonFactory json, RepeatedTexts texts, ResponseBody body) {
        this.json = json;
        this.texts = texts;
        this.body = body;
    }

    /** The first record and those that follow it, up to one that is written in another way. To be called before {@link #rest}. */
    List<UsageRecord> take() throws IOException {
        List<UsageRecord> records = new ArrayList<>();
        RecordTemplate template = isListFound() ? template() : null;
        boolean more = template != null;
        while (more && records.size() < MOST) {
            UsageRecord next = template.read(window, records.isEmpty() ? behindSpace(at) : behindComma(), end);
            if (next != null) {
                records.add(next);
                at = template.end();
            } else {
                // It is another one, or not here to its end.
                more = fill();
            }
        }
        taken = records.size();
        return records;
    }

    /** The page, with one empty record in the place of all that were taken. */
    InputStream rest() {
        return new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(head),
                new ByteArrayInputStream(EMPTY_RECORD, 0, taken == 0 ? 0 : EMPTY_RECORD.length),
                new ByteArrayInputStream(window, at, end - at),
                body)));
    }

    /** Whether the first bracket of the page opens its list. */
    private boolean isListFound() throws IOException {
        int bracket = 0;
        while (fill()) {
            while (bracket < end && window[bracket] != '[') {
                bracket++;
            }
            if (bracket < end) {
                at = bracket + 1;
                head = Arrays.copyOf(window, at);
                return HEAD.matcher(new String(head, ISO_8859_1)).matches();
            }
        }
        return false;
    }

    /** Of the first record, unless it is not plain. */
    private RecordTemplate template() throws IOException {
        int tried;
        do {
            RecordTemplate template = RecordTemplate.of(json, texts, window, behindSpace(at), end);
            if (template != null) {
                return template;
            }
            tried = end - at;
            // What comes byte by byte is not tried as often.
            fillUpTo(2 * tried + 1);
        } while (end - at > tried);
        return null;
    }

    private void fillUpTo(int length) throws IOException {
        boolean more = true;
        while (more && end - at < length) {
            more = fill();
        }
    }

    private int behindComma() {
        int next = behindSpace(at);
        return next < end && window[next] == ',' ? behindSpace(next + 1) : end;
    }

    private int behindSpace(int from) {
        int next = from;
        while (next < end
                && (window[next] == ' ' || window[next] == '\n' || window[next] == '\r' || window[next] == '\t')) {
            next++;
        }
        return next;
    }

    /** Moves what is left to the front, and reads on. Whether there was more, and room for it. */
    private boolean fill() throws IOException {
        System.arraycopy(window, at, window, 0, end - at);
        end -= at;
        at = 0;
        int more = end == WINDOW ? 0 : body.read(window, end, WINDOW - end);
        end += Math.max(more, 0);
        return more > 0;
    }
}
