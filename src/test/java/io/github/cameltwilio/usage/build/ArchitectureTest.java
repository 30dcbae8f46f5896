package io.github.cameltwilio.usage.build;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.cameltwilio.usage.client.TwilioSignature;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

class ArchitectureTest {
    private static final String BASE = "io.github.cameltwilio.usage";
    static final JavaClasses MAIN = new ClassFileImporter().importPath("target/classes");

    @Test
    void onlyTheComponentAndItsSpringBootStarterKnowCamel() {
        noClasses().that().resideOutsideOfPackages(BASE, BASE + ".springboot")
                .should().dependOnClassesThat().resideInAPackage("org.apache.camel..").check(MAIN);
    }

    @Test
    void onlyTheSpringBootStarterKnowsSpring() {
        noClasses().that().resideOutsideOfPackage(BASE + ".springboot")
                .should().dependOnClassesThat().resideInAPackage("org.springframework..").check(MAIN);
    }

    @Test
    void packagesDependOnlyOnThoseBelowThem() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
                .layer("springboot").definedBy(BASE + ".springboot").whereLayer("springboot")
                .mayNotBeAccessedByAnyLayer()
                .layer("simulator").definedBy(BASE + ".simulator").whereLayer("simulator").mayNotBeAccessedByAnyLayer()
                .layer("component").definedBy(BASE).whereLayer("component").mayOnlyBeAccessedByLayers("springboot")
                .layer("delivery").definedBy(BASE + ".delivery").whereLayer("delivery")
                .mayOnlyBeAccessedByLayers("component")
                .layer("state").definedBy(BASE + ".state").whereLayer("state")
                .mayOnlyBeAccessedByLayers("component", "delivery")
                .layer("client").definedBy(BASE + ".client").whereLayer("client")
                .mayOnlyBeAccessedByLayers("component", "delivery", "state", "simulator")
                .check(MAIN);
    }

    @Test
    void theSimulatorSharesOnlyTheSignatureWithTheComponent() {
        DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> component = resideInAPackage(BASE + "..")
                .and(DescribedPredicate.not(resideInAPackage(BASE + ".simulator")))
                .and(DescribedPredicate.not(type(TwilioSignature.class)));
        noClasses().that().resideInAPackage(BASE + ".simulator").should().dependOnClassesThat(component).check(MAIN);
    }

    @Test
    void noPackagesDependOnEachOtherInACycle() {
        slices().matching("io.github.cameltwilio.(**)").should().beFreeOfCycles().check(MAIN);
    }
}
