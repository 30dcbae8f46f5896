package io.github.cameltwilio.usage;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** Captures the events of all loggers, down to TRACE, until it is closed. */
public final class LoggedEvents extends AbstractAppender implements AutoCloseable {
    private final List<Logged> events = new CopyOnWriteArrayList<>();
    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);

    /** @param text includes the thread's name, and the exception with its causes */
    public record Logged(String logger, Level level, String text) {
    }

    public LoggedEvents() {
        super("captured", null, null, true, Property.EMPTY_ARRAY);
        start();
        var root = context.getConfiguration().getRootLogger();
        // Otherwise the log file would grow to a gigabyte.
        List.copyOf(root.getAppenders().keySet()).forEach(root::removeAppender);
        root.addAppender(this, Level.ALL, null);
        Configurator.setRootLevel(Level.TRACE);
        // At DEBUG, the component sends no requests.
        Configurator.setLevel("org.apache.hc.client5.http.wire", Level.INFO);
    }

    @Override
    public void append(LogEvent event) {
        StringWriter trace = new StringWriter();
        if (event.getThrown() != null) {
            event.getThrown().printStackTrace(new PrintWriter(trace));
        }
        events.add(new Logged(event.getLoggerName(), event.getLevel(),
                event.getThreadName() + " " + event.getMessage().getFormattedMessage() + " " + trace));
    }

    public List<Logged> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() {
        context.reconfigure();
    }
}
