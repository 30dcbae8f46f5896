package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/**
 * How one usage record is written, for reading others that are written alike: they differ in what some of its texts say, or
 * in which of them are null. To compare bytes takes a third of the time of parsing them. For one thread.
 */
final class RecordTemplate {
    /** How many bytes there must be behind those to read. */
    static final int SPARE_BYTES = Long.BYTES;

    private static final byte[] NULL = { 'n', 'u', 'l', 'l' };
    private static final VarHandle EIGHT_BYTES = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGHEST_BIT = 0x80 * EACH;

    private final byte[] written;
    private final Value[] values;
    private final RecordFields said;
    private final RecordFields fields = new RecordFields();
    private final RepeatedTexts texts;
    private int end;

    /**
     * A text with its quotes, or null.
     *
     * @param name of the field, or null where the value is left out
     */
    private record Value(String name, int begin, int end) {
    }

    private RecordTemplate(byte[] written, List<Value> values, RecordFields said, RepeatedTexts texts) {
        this.written = written;
        this.values = values.toArray(Value[]::new);
        this.said = said;
        this.texts = texts;
    }

    /**
     * @return null when there is no record, or not all of it, or one with other values than null and plain texts
     */
    static RecordTemplate of(JsonFactory json, RepeatedTexts texts, byte[] bytes, int from, int to) {
        List<Value> values = new ArrayList<>();
        RecordFields said = new RecordFields();
        try (JsonParser parser = json.createParser(bytes, from, to - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT || !isPlain(parser, bytes, from, to, values, said)) {
                return null;
            }
            int length = (int) parser.currentLocation().getByteOffset();
            return new RecordTemplate(Arrays.copyOfRange(bytes, from, from + length), values, said, texts);
        } catch (IOException e) {
            // Whoever reads the page will say so.
            return null;
        }
    }

    private static boolean isPlain(JsonParser parser, byte[] bytes, int from, int to, List<Value> values,
                                   RecordFields said)
            throws IOException {
        Set<String> names = new HashSet<>();
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            String name = parser.currentName();
            boolean isLeftOut = depth > 1 || RecordFields.LEFT_OUT.equals(name);
            if (token == JsonToken.FIELD_NAME) {
                // Of two values the later one counts, whichever of them is another one.
                if (depth == 1 && !names.add(name)) {
                    return false;
                }
            } else if (token == JsonToken.START_OBJECT && isLeftOut) {
                depth++;
            } else if (token == JsonToken.END_OBJECT) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NULL) {
                int begin = (int) parser.currentTokenLocation().getByteOffset();
                int end = endOfValue(bytes, from + begin, from + begin + 1, to) - from;
                if (end < begin) {
                    return false;
                }
                values.add(new Value(isLeftOut ? null : name, begin, end));
                if (!isLeftOut) {
                    said.set(name, parser.getValueAsString());
                }
            } else {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads the record that begins there.
     *
     * @return null when it is written in another way, or not there to its end
     */
    UsageRecord read(byte[] bytes, int from, int to) {
        fields.copy(said);
        int its = 0;
        int mine = from;
        int next = 0;
        while (true) {
            int same = Arrays.mismatch(written, its, written.length, bytes, mine,
                    Math.min(to, mine + written.length - its));
            if (same < 0) {
                end = mine + written.length - its;
                return fields.record();
            }
            its += same;
            mine += same;
            while (next < values.length && values[next].end <= its) {
                next++;
            }
            if (next == values.length || its < values[next].begin) {
                return null;
            }
            Value value = values[next];
            int begin = mine - (its - value.begin);
            mine = endOfValue(bytes, begin, mine, to);
            if (mine < 0) {
                return null;
            }
            if (value.name != null) {
                set(value.name, bytes, begin, mine);
            }
            its = value.end;
        }
    }

    private void set(String name, byte[] bytes, int begin, int to) {
        boolean isNull = bytes[begin] == NULL[0];
        BigDecimal number = isNull || !RecordFields.NUMBERS.contains(name) ? null
                : TwilioNumbers.digits(bytes, begin + 1, to - 1);
        if (number != null) {
            fields.set(name, number);
        } else {
            fields.set(name, isNull ? null : texts.of(bytes, begin + 1, to - 1));
        }
    }

    /** Where the record ends that was read last. */
    int end() {
        return end;
    }

    /**
     * @param known up to where it is known to be plain
     * @return -1 when it is neither null nor a plain text, or not there to its end
     */
    private static int endOfValue(byte[] bytes, int begin, int known, int to) {
        if (bytes[begin] == '"') {
            return endOfText(bytes, Math.max(begin + 1, known), to);
        }
        int end = begin + NULL.length;
        return end <= to && Arrays.equals(bytes, begin, end, NULL, 0, NULL.length) ? end : -1;
    }

    private static int endOfText(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i += Long.BYTES) {
            long ends = notPlain((long) EIGHT_BYTES.get(bytes, i));
            if (ends != 0) {
                int end = i + Long.numberOfTrailingZeros(ends) / Byte.SIZE + 1;
                return end <= to && bytes[end - 1] == '"' ? end : -1;
            }
        }
        return -1;
    }

    /**
     * The highest bit is set of the first of eight bytes that is a quote, an escape, a control character or no ASCII: the first two
     * are zero after an exclusive or, and one less than zero has that bit. Bits of bytes behind the first may be wrong.
     */
    private static long notPlain(long eight) {
        return (eight | eight - ' ' * EACH | (eight ^ '"' * EACH) - EACH | (eight ^ '\\' * EACH) - EACH) & HIGHEST_BIT;
    }
}
