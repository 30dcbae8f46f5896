package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.apache.camel.builder.RouteBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/** Compiles a snippet of the docs: a whole route builder, or the statements of its configure method. */
final class RouteCompiler {
    private static final Pattern CLASS = Pattern.compile("class (\\w+) extends RouteBuilder");

    private RouteCompiler() {
    }

    static RouteBuilder route(String snippet) throws Exception {
        Matcher whole = CLASS.matcher(snippet);
        if (whole.find()) {
            return compile(whole.group(1), snippet);
        }
        return compile("Snippet", """
                public class Snippet extends org.apache.camel.builder.RouteBuilder {
                    @Override
                    public void configure() {
                        %s
                    }
                }
                """.formatted(snippet));
    }

    private static RouteBuilder compile(String name, String source) throws Exception {
        Path classes = Files.createTempDirectory(Path.of("target"), "snippet");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        compiler.getTask(null, null, problems, List.of("-d", classes.toString(), "-proc:none", "-classpath",
                System.getProperty("java.class.path")), null, List.of(new Source(name, source))).call();
        assertThat(problems.getDiagnostics()).as(source)
                .noneMatch(problem -> problem.getKind() == Diagnostic.Kind.ERROR);
        // Stays open, because the running route may load more classes from it.
        URLClassLoader loader = new URLClassLoader(new URL[]{ classes.toUri().toURL() });
        return (RouteBuilder) loader.loadClass(name).getDeclaredConstructor().newInstance();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) throws IOException {
            return text;
        }
    }
}
