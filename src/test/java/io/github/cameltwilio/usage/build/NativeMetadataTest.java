package io.github.cameltwilio.usage.build;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.reflect.RecordComponent;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.Converter;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.github.cameltwilio.usage.UsageConsumer;
import io.github.cameltwilio.usage.client.TwilioBody;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * No build makes a native image, so this test compares the metadata for one with the code. Camel Quarkus itself
 * registers what Camel's service files name.
 */
class NativeMetadataTest {
    private static final String BASE = "io.github.cameltwilio.usage";
    private static final Path REFLECTION = Path.of("target/classes/META-INF/native-image/io.github.cameltwilio/"
            + "camel-twilio-usage/reflect-config.json");
    private static final Path DESCRIPTOR = Path.of("target/classes/META-INF/io/github/cameltwilio/usage/"
            + "twilio-usage.json");
    // ConsumerMetrics looks it up by its name. It need not be on the class path.
    private static final String MICROMETER = "io.micrometer.core.instrument.MeterRegistry";
    private static final String METERS = BASE + ".ConsumerMeters";
    private static final DescribedPredicate<JavaAnnotation<?>> OF_JACKSON = DescribedPredicate.describe("of Jackson",
            annotation -> annotation.getRawType().getPackageName().startsWith("com.fasterxml.jackson."));
    private static final List<Class<?>> NOT_IN_AN_IMAGE = List.of(Cleaner.class, Thread.class, Executor.class,
            Random.class, RandomGenerator.class, FileDescriptor.class, FileChannel.class);
    private static final Set<String> OF_CLASS_WITHOUT_REFLECTION = Set.of("cast", "desiredAssertionStatus",
            "getClassLoader", "getName", "getSimpleName", "isInstance");

    @Test
    void listsEveryClassThatIsUsedReflectively() throws IOException {
        List<String> expected = new ArrayList<>(usedReflectively());
        expected.add(MICROMETER);

        assertThat(registered().keySet()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void registersTheMembersThatAreRead() throws IOException {
        Map<String, JsonNode> own = registered();
        own.remove(MICROMETER);

        assertThat(own).allSatisfy((name, entry) -> {
            JavaClass type = ArchitectureTest.MAIN.get(name);
            if (type.isRecord()) {
                assertHas(entry, "allDeclaredConstructors", "allDeclaredFields", "allDeclaredMethods",
                        "allRecordComponents");
            } else if (type.isInterface()) {
                assertHas(entry, "allDeclaredMethods");
            } else if (type.isAssignableTo(Throwable.class) || isManaged(type)) {
                assertHas(entry, "allPublicMethods");
            } else if (isUsedByJackson(type)) {
                assertThat(entry.at("/methods/0/name").asText()).isEqualTo("<init>");
            } else {
                assertHas(entry, "allPublicConstructors", "allPublicMethods");
            }
        });
    }

    /** A new entry here needs a look at the metadata first. */
    @Test
    void onlyKnownCodeUsesReflection() {
        Set<String> uses = component().flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(access -> isReflection(access.getTargetOwner(), access.getTarget().getName()))
                .map(access -> access.getOriginOwner().getSimpleName() + " uses "
                        + access.getTargetOwner().getSimpleName() + "." + access.getTarget().getName())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(uses).containsExactly("CheckedConfigurer uses Class.isEnum",
                // It looks for Micrometer, which is in reflect-config.json too.
                "ConsumerMetrics uses Class.forName", "OptionValue uses Class.getEnumConstants",
                // The proxy is in proxy-config.json.
                "RouteTransaction uses InvocationTargetException.getCause", "RouteTransaction uses Method.getName",
                "RouteTransaction uses Method.invoke", "RouteTransaction uses Proxy.newProxyInstance",
                "TwilioValue uses Class.getRecordComponents", "TwilioValue uses Method.invoke",
                "TwilioValue uses RecordComponent.getAccessor", "TwilioValue uses RecordComponent.getName");
    }

    /** Quarkus links every class that an image can reach, and drops the code behind a constant that is false. */
    @Test
    void whatNeedsMicrometerIsOutOfReachWithoutIt() {
        List<JavaCodeUnit> users = component().filter(type -> !type.getName().startsWith(METERS))
                .flatMap(type -> type.getCodeUnits().stream()).filter(method -> method.getAccessesFromSelf().stream()
                        .anyMatch(access -> access.getTargetOwner().getName().equals(METERS)))
                .toList();

        assertThat(users).isNotEmpty().allSatisfy(method -> assertThat(method.getFieldAccesses())
                .anyMatch(access -> access.getTarget().getName().equals("HAS_MICROMETER")));
        noClasses().that().haveNameNotMatching(Pattern.quote(METERS) + ".*").should()
                .dependOnClassesThat().resideInAPackage("io.micrometer..").check(ArchitectureTest.MAIN);
    }

    /** Quarkus initializes classes while it builds the image, in which none of these can be. */
    @Test
    void noStaticFieldHoldsAThreadOrASeed() {
        assertThat(component().flatMap(type -> type.getFields().stream())
                .filter(field -> field.getModifiers().contains(JavaModifier.STATIC)
                        && NOT_IN_AN_IMAGE.stream().anyMatch(field.getRawType()::isAssignableTo))
                .map(JavaField::getFullName)).isEmpty();
    }

    private static Stream<JavaClass> component() {
        return ArchitectureTest.MAIN.stream().filter(type -> !type.getPackageName().startsWith(BASE + ".simulator")
                && !type.getPackageName().startsWith(BASE + ".springboot"));
    }

    private static boolean isReflection(JavaClass owner, String member) {
        return owner.isEquivalentTo(Class.class) && !OF_CLASS_WITHOUT_REFLECTION.contains(member)
                || owner.getPackageName().equals(RecordComponent.class.getPackageName())
                || owner.getPackageName().equals("java.lang.invoke")
                || owner.getName().matches("java\\.util\\.ServiceLoader|java\\.lang\\.ClassLoader"
                        + "|java\\.io\\.Object(In|Out)putStream|java\\.util\\.ResourceBundle"
                        + "|org\\.apache\\.camel\\.(spi\\.(ClassResolver|Injector|FactoryFinder|BeanIntrospection)"
                        + "|support\\.(PropertyBindingSupport|ObjectHelper|ResourceHelper))");
    }

    private static void assertHas(JsonNode entry, String... flags) {
        assertThat(List.of(flags)).allSatisfy(flag -> assertThat(entry.path(flag).asBoolean()).as(flag).isTrue());
    }

    static Map<String, JsonNode> registered() throws IOException {
        return new ObjectMapper().readTree(REFLECTION.toFile()).valueStream()
                .collect(Collectors.toMap(entry -> entry.get("name").asText(), entry -> entry));
    }

    private static List<String> usedReflectively() throws IOException {
        Set<String> optionTypes = optionTypes();
        return component().filter(type -> type.isAssignableTo(TwilioBody.class) || isUsedByJackson(type)
                || isManaged(type) || canBeNamedByARoute(type, optionTypes)).map(JavaClass::getName).toList();
    }

    private static boolean isUsedByJackson(JavaClass type) {
        return !type.isInterface()
                && (type.isAssignableTo(JsonSerializer.class) || type.isAssignableTo(JsonDeserializer.class)
                        || type.isAssignableTo(Converter.class) || type.isAnnotatedWith(OF_JACKSON)
                        || type.getMembers().stream().anyMatch(member -> member.isAnnotatedWith(OF_JACKSON)));
    }

    /** Camel reads them for JMX. Camel Quarkus itself registers public consumers only. */
    private static boolean isManaged(JavaClass type) {
        return type.isAssignableTo(UsageConsumer.class) && !isPublic(type.getModifiers());
    }

    /** As the exception of {@code onException}, or as {@code #class:...} with its properties for an option. */
    private static boolean canBeNamedByARoute(JavaClass type, Set<String> optionTypes) {
        return isPublic(type.getModifiers()) && (type.isAssignableTo(Throwable.class)
                || !type.isEnum() && optionTypes.stream().anyMatch(type::isAssignableTo)
                        && type.getConstructors().stream().anyMatch(it -> isPublic(it.getModifiers())));
    }

    private static boolean isPublic(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC);
    }

    private static Set<String> optionTypes() throws IOException {
        JsonNode descriptor = new ObjectMapper().readTree(DESCRIPTOR.toFile());
        return List.of("componentProperties", "properties").stream()
                .flatMap(options -> StreamSupport.stream(descriptor.get(options).spliterator(), false))
                .map(option -> option.get("javaType").asText()).filter(type -> type.startsWith(BASE))
                .collect(Collectors.toSet());
    }
}
