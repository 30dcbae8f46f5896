package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.AgentBuilder.RedefinitionStrategy;
import net.bytebuddy.asm.Advice;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

import static net.bytebuddy.matcher.ElementMatchers.is;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.nameMatches;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.none;

/**
 * Records which of our classes the tests use by reflection, for {@link NativeMetadataIT}. Each line contains the class,
 * the method of the JDK that was called, and its caller. GraalVM's own tracing agent needs GraalVM.
 */
public final class ReflectionTrace implements LauncherSessionListener, BiConsumer<Object, String> {
    private static final String OURS = "io.github.cameltwilio.usage.";
    static final String PROXY = "newProxyInstance";
    private static final Set<String> LOOKUPS = Set.of("forName", "loadClass");

    private final String directory = System.getProperty("reflection.trace.into");
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        // The code that the advice below adds to the JDK cannot refer to this class, so it reads a system property.
        if (directory == null || System.getProperties().putIfAbsent("reflection.tracer", this) != null) {
            return;
        }
        new AgentBuilder.Default().disableClassFormatChanges().with(RedefinitionStrategy.RETRANSFORMATION)
                .ignore(none()).type(is(Class.class))
                .transform((builder, type, loader, module, domain) -> builder
                        .visit(Advice.to(OfMembers.class).on(isPublic().and(nameMatches("newInstance"
                                + "|get(Declared)?(Methods?|Fields?|Constructors?)|getRecordComponents"))))
                        .visit(Advice.to(OfNames.class).on(isPublic().and(named("forName")))))
                .type(is(ClassLoader.class))
                .transform((builder, type, loader, module, domain) -> builder
                        .visit(Advice.to(OfNames.class).on(isPublic().and(named("loadClass")))))
                .type(is(Proxy.class)).transform((builder, type, loader, module, domain) -> builder
                        .visit(Advice.to(OfProxies.class).on(isPublic().and(named(PROXY)))))
                .installOn(ByteBuddyAgent.install());
    }

    /** @param used a class, or the interfaces of a proxy */
    @Override
    public void accept(Object used, String method) {
        Class<?> type = used instanceof Class<?>[] several ? several[0] : (Class<?>) used;
        // Hidden classes are lambdas. A native image contains lambdas and annotations anyway.
        if (type.isHidden() || type.isAnnotation() || used == type && !type.getName().startsWith(OURS)) {
            return;
        }
        List<String> callers = StackWalker.getInstance().walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                .dropWhile(name -> name.equals(ReflectionTrace.class.getName())).skip(1).toList());
        String direct = callers.get(0);
        String caller = callers.stream().filter(name -> !isOfJdk(name)).findFirst().orElse("java.*");
        // Not reflective use: the JDK looks up types in signatures and enum constants, and loads what code refers to.
        if (LOOKUPS.contains(method) && (isOfJdk(direct) || method.equals("loadClass") && caller.startsWith(OURS))
                || direct.equals(Class.class.getName())) {
            return;
        }
        String names = used instanceof Class<?>[] several
                ? Stream.of(several).map(Class::getName).collect(Collectors.joining(",")) : type.getName();
        String line = names + " " + method + " " + caller + "\n";
        if ((names.contains(OURS) || caller.startsWith(OURS)) && seen.add(line)) {
            write(line);
        }
    }

    private static boolean isOfJdk(String name) {
        return name.matches("(java|javax|jdk|sun|com\\.sun)\\..*");
    }

    private void write(String line) {
        try {
            Path file = Path.of(directory, ProcessHandle.current().pid() + ".txt");
            Files.createDirectories(file.getParent());
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class OfMembers {
        @Advice.OnMethodEnter
        @SuppressWarnings("unchecked")
        static void trace(@Advice.This Class<?> type, @Advice.Origin("#m") String method) {
            ((BiConsumer<Object, String>) System.getProperties().get("reflection.tracer")).accept(type, method);
        }
    }

    private static final class OfNames {
        @Advice.OnMethodExit
        @SuppressWarnings("unchecked")
        static void trace(@Advice.Return Class<?> type, @Advice.Origin("#m") String method) {
            ((BiConsumer<Object, String>) System.getProperties().get("reflection.tracer")).accept(type, method);
        }
    }

    private static final class OfProxies {
        @Advice.OnMethodEnter
        @SuppressWarnings("unchecked")
        static void trace(@Advice.Argument(1) Class<?>[] interfaces, @Advice.Origin("#m") String method) {
            if (interfaces.length > 0) {
                ((BiConsumer<Object, String>) System.getProperties().get("reflection.tracer")).accept(interfaces,
                        method);
            }
        }
    }
}
