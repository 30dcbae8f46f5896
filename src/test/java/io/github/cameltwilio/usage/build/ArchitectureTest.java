package io.github.cameltwilio.usage.build;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
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
                .mayOnlyBeAccessedByLayers("component", "delivery", "state")
                .check(MAIN);
    }

    @Test
    void theSimulatorSharesNothingWithTheComponent() {
        noClasses().that().resideInAPackage(BASE + ".simulator").should()
                .dependOnClassesThat(resideInAPackage(BASE + "..").and(not(resideInAPackage(BASE + ".simulator"))))
                .check(MAIN);
    }

    @Test
    void theJarOfTheSimulatorHasEveryLibraryThatItNeedsToRun() {
        noClasses().that().resideInAPackage(BASE + ".simulator")
                .and().doNotHaveSimpleName("TwilioUsageSimulatorExtension").should()
                .dependOnClassesThat().resideOutsideOfPackages(BASE + ".simulator", "java..", "javax..",
                        "org.apache.hc.core5..", "com.fasterxml.jackson..")
                .check(MAIN);
    }

    @Test
    void noPackagesDependOnEachOtherInACycle() {
        slices().matching("io.github.cameltwilio.(**)").should().beFreeOfCycles().check(MAIN);
    }
}
