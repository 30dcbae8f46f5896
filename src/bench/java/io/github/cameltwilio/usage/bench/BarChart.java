package io.github.cameltwilio.usage.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Draws panels of horizontal bars as SVG that follows the reader's light or dark mode. */
final class BarChart {
    private static final int WIDTH = 760;
    private static final int LABELS = 270;
    private static final int VALUES = 70;
    private static final int LINE = 22;

    private final StringBuilder body = new StringBuilder();
    private int y = 10;

    /** @param emphasized whether the bar is about this component */
    record Bar(String label, double value, boolean emphasized) {
    }

    BarChart panel(String title, Stream<Bar> all) {
        List<Bar> bars = all.filter(bar -> !Double.isNaN(bar.value())).toList();
        double max = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        append("<text class=\"title\" x=\"10\" y=\"%d\">%s</text>", y + 16, title);
        y += LINE + 6;
        for (Bar bar : bars) {
            double length = bar.value() / max * (WIDTH - LABELS - VALUES);
            append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LABELS - 8, y + 14, bar.label());
            append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                    bar.emphasized() ? "ours" : "other", LABELS, y, length, LINE - 4);
            append(bar.value() < 100 ? "<text x=\"%.1f\" y=\"%d\">%.1f</text>"
                    : "<text x=\"%.1f\" y=\"%d\">%,.0f</text>",
                    LABELS + length + 6, y + 14, bar.value());
            y += LINE;
        }
        y += 16;
        return this;
    }

    /** Adds a line in small print below the last panel. */
    BarChart note(String text) {
        append("<text class=\"note\" x=\"10\" y=\"%d\">%s</text>", y + 4, text);
        y += LINE;
        return this;
    }

    String svg() {
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">
                <style>
                .title { font-weight: bold } .note { font-size: 11px }
                .paper { fill: #ffffff } text { fill: #24292f } .ours { fill: #1a7f37 } .other { fill: #8c959f }
                @media (prefers-color-scheme: dark) {
                .paper { fill: #0d1117 } text { fill: #e6edf3 } .ours { fill: #3fb950 } .other { fill: #6e7681 }
                }
                </style>
                <rect class="paper" width="%d" height="%d"/>
                %s</svg>
                """, WIDTH, y, WIDTH, y, body);
    }

    private void append(String element, Object... values) {
        body.append(String.format(Locale.ROOT, element, values)).append('\n');
    }
}
