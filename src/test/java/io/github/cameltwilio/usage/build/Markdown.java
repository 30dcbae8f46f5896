package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation. */
public record Markdown(Path file, String text) {
    private static final Pattern BLOCK = Pattern.compile("```(\\w*)\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]+\\]\\(([^)]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);

    public static Markdown page(String name) {
        try {
            return new Markdown(Path.of(name), Files.readString(Path.of(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Markdown> allPages() {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream
                    .concat(Stream.of("README.md", "catalog/README.md"),
                            docs.map(Path::toString).filter(name -> name.endsWith(".md")))
                    .map(Markdown::page).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fenced blocks of a language, in order. */
    List<String> blocks(String language) {
        return BLOCK.matcher(text).results().filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2)).toList();
    }

    /** Returns the only block of the language that contains the text. */
    public String block(String language, String holding) {
        List<String> found = blocks(language).stream().filter(block -> block.contains(holding)).toList();
        if (found.size() != 1) {
            throw new AssertionError(file + " has " + found.size() + " " + language + " blocks with " + holding);
        }
        return found.get(0);
    }

    List<String> links() {
        return LINK.matcher(BLOCK.matcher(text).replaceAll("")).results().map(link -> link.group(1)).toList();
    }

    /** The anchors that GitHub generates from the headings. */
    List<String> anchors() {
        return HEADING.matcher(text).results().map(heading -> heading.group(1).toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9 -]", "").replace(' ', '-')).toList();
    }

    /** Replaces the text between a marker and its end. */
    public Markdown with(String marker, String content) {
        Pattern place = Pattern.compile("(<!-- " + Pattern.quote(marker) + ":[^>]*-->\\n).*?(<!-- end -->)",
                Pattern.DOTALL);
        if (!place.matcher(text).find()) {
            throw new AssertionError(file + " has no place for " + marker);
        }
        return new Markdown(file, place.matcher(text).replaceFirst(
                (MatchResult found) -> Matcher.quoteReplacement(found.group(1) + content + found.group(2))));
    }
}
