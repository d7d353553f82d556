/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.cdcspring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

class ArchitectureTests {

	private static final String ROOT = "io.github.cdcspring";

	/** Our packages that each package may import. The root is "". */
	private static final Map<String, List<String>> IMPORTS = new LinkedHashMap<>();

	/** Packages that applications may use. Their types have a {@code @since} tag. */
	private static final List<String> API = List.of("", "settings", "offset", "engine", "observation", "autoconfigure");

	static {
		IMPORTS.put("", List.of());
		IMPORTS.put("settings", List.of(""));
		IMPORTS.put("internal.support", List.of("", "settings"));
		IMPORTS.put("offset", List.of("", "settings", "internal.support"));
		IMPORTS.put("engine", List.of("", "settings"));
		IMPORTS.put("internal.offset", List.of("", "offset", "internal.support"));
		IMPORTS.put("internal.row", List.of("", "settings", "internal.support"));
		IMPORTS.put("internal.listener", List.of("", "settings", "internal.support", "internal.row"));
		IMPORTS.put("internal.parking",
				List.of("", "settings", "offset", "internal.support", "internal.row", "internal.listener"));
		IMPORTS.put("internal.backfill", List.of("", "internal.support", "internal.row"));
		IMPORTS.put("internal.debezium", List.of("", "settings", "offset", "internal.support", "internal.offset",
				"internal.row", "internal.backfill", "internal.listener"));
		IMPORTS.put("internal.startup", List.of("", "settings", "offset", "engine", "internal.support",
				"internal.offset", "internal.row", "internal.backfill", "internal.listener", "internal.debezium"));
		IMPORTS.put("internal.engine",
				List.of("", "settings", "offset", "engine", "internal.support", "internal.offset", "internal.row",
						"internal.backfill", "internal.listener", "internal.parking", "internal.debezium",
						"internal.startup"));
		IMPORTS.put("internal.kafka", List.of("", "settings", "engine", "internal.support", "internal.row",
				"internal.listener", "internal.debezium", "internal.startup", "internal.engine"));
		IMPORTS.put("observation", List.of(""));
		IMPORTS.put("internal.ssl", List.of());
		IMPORTS.put("internal.actuate",
				List.of("", "settings", "offset", "engine", "observation", "internal.support", "internal.row",
						"internal.listener", "internal.parking", "internal.startup", "internal.engine",
						"internal.kafka"));
		IMPORTS.put("autoconfigure",
				List.of("", "settings", "offset", "engine", "observation", "internal.support", "internal.row",
						"internal.listener", "internal.parking", "internal.debezium", "internal.startup",
						"internal.engine", "internal.kafka", "internal.actuate", "internal.ssl"));
	}

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.withImportOption(
				(location) -> !location.contains("cdc-test-support") && !location.contains("cdc-connect-postgres"))
		.importPackages(ROOT);

	@Test
	void packagesHaveNoCycles() {
		slices().matching(ROOT + ".internal.(*)..").should().beFreeOfCycles().check(classes);
	}

	@TestFactory
	Stream<DynamicTest> packagesImportInOneDirection() {
		return IMPORTS.keySet()
			.stream()
			.map((name) -> DynamicTest.dynamicTest(name.isEmpty() ? "root" : name,
					() -> importsOnlyDeclaredPackages(name)));
	}

	private void importsOnlyDeclaredPackages(String name) {
		String[] closed = IMPORTS.keySet()
			.stream()
			.filter((other) -> !other.equals(name) && !IMPORTS.get(name).contains(other))
			.map(ArchitectureTests::packageOf)
			.toArray(String[]::new);
		noClasses().that()
			.resideInAPackage(packageOf(name))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(closed)
			.allowEmptyShould(true)
			.check(classes);
	}

	@Test
	void everyPackageIsDeclared() {
		Set<String> packages = classes.stream()
			.map(ArchitectureTests::nameOf)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(IMPORTS.keySet()).containsAll(packages);
	}

	@Test
	void onlyOnePackageKnowsDebezium() {
		noClasses().that(resideOutsideOfPackage(packageOf("internal.debezium")))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.debezium..")
			.check(classes);
	}

	@Test
	void onlyDebeziumRowsAndKafkaKnowKafka() {
		noClasses()
			.that(resideOutsideOfPackages(packageOf("internal.debezium"), packageOf("internal.row"),
					packageOf("internal.kafka")))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.apache.kafka..")
			.check(classes);
	}

	@Test
	void theLibraryDoesNotKnowSpringBoot() {
		noClasses()
			.that(resideOutsideOfPackages(packageOf("autoconfigure"), packageOf("internal.actuate"),
					packageOf("internal.ssl")))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.check(classes);
	}

	@Test
	void noSignatureOfTheApiExposesAnInternalType() {
		List<String> exposed = apiTypes()
			.flatMap((type) -> Stream.concat(type.getMethods().stream(), type.getConstructors().stream()))
			.filter((member) -> isExposed(member.getModifiers()))
			.flatMap((member) -> typesOf(member).filter(ArchitectureTests::isInternal)
				.map((type) -> member.getFullName() + " exposes " + type.getName()))
			.sorted()
			.toList();
		assertThat(exposed).isEmpty();
	}

	@Test
	void theApiIsWhatIsDeclared() throws IOException {
		String declared;
		try (InputStream resource = ArchitectureTests.class.getResourceAsStream("declared-api.txt")) {
			declared = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
		}
		assertThat(apiTypes().filter((type) -> !type.getName().contains("$"))
			.map(JavaClass::getName)
			.sorted()
			.collect(Collectors.joining("\n"))).isEqualTo(declared.strip());
	}

	private static Stream<JavaClass> apiTypes() {
		return classes.stream()
			.filter((type) -> API.contains(nameOf(type)))
			.filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC));
	}

	private static boolean isExposed(Set<JavaModifier> modifiers) {
		return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
				&& !modifiers.contains(JavaModifier.SYNTHETIC);
	}

	private static Stream<JavaClass> typesOf(JavaCodeUnit member) {
		return Stream.concat(member.getAllInvolvedRawTypes().stream(),
				member.getExceptionTypes().stream().map((type) -> type.toErasure()));
	}

	private static boolean isInternal(JavaClass type) {
		return type.getPackageName().startsWith(ROOT + ".internal");
	}

	@Test
	void nothingIsPrintedOrLoggedOutsideTheApplicationsLogging() {
		GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes);
		GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(classes);
		noClasses().should().callMethod(Throwable.class, "printStackTrace").check(classes);
	}

	@Test
	void onlyAutoconfigureKnowsConditions() {
		noClasses().that(resideInAPackage(packageOf("autoconfigure")).negate())
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..condition..")
			.check(classes);
	}

	@Test
	void everyPackageIsNullMarked() {
		List<String> unmarked = packagesOf(classes)
			.filter((javaPackage) -> !javaPackage.isAnnotatedWith(NullMarked.class))
			.map(JavaPackage::getName)
			.toList();
		assertThat(unmarked).isEmpty();
	}

	private static Stream<JavaPackage> packagesOf(JavaClasses classes) {
		return classes.stream().map(JavaClass::getPackage).distinct();
	}

	private static String packageOf(String name) {
		return name.isEmpty() ? ROOT : ROOT + "." + name + "..";
	}

	private static String nameOf(JavaClass javaClass) {
		String rest = javaClass.getPackageName().substring(ROOT.length());
		String name = rest.isEmpty() ? "" : rest.substring(1);
		return name.startsWith("internal.startup") ? "internal.startup" : name;
	}

}
