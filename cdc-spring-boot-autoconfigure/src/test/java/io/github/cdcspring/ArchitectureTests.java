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

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

class ArchitectureTests {

	private static final String ROOT = "io.github.cdcspring";

	/** What each package may import of ours, beside itself. The root is called "". */
	private static final Map<String, List<String>> WAYS = new LinkedHashMap<>();

	static {
		WAYS.put("", List.of());
		WAYS.put("settings", List.of(""));
		WAYS.put("decode", List.of("", "settings"));
		WAYS.put("jdbc", List.of("", "settings"));
		WAYS.put("offset", List.of("", "settings", "jdbc"));
		WAYS.put("listener", List.of("", "settings", "decode"));
		WAYS.put("parking", List.of("", "settings", "jdbc", "decode", "listener"));
		WAYS.put("position", List.of("", "settings", "offset"));
		WAYS.put("safety", List.of("", "settings", "offset", "position"));
		WAYS.put("engine",
				List.of("", "settings", "decode", "jdbc", "offset", "parking", "listener", "position", "safety"));
		WAYS.put("actuate",
				List.of("", "settings", "decode", "offset", "parking", "listener", "position", "safety", "engine"));
		WAYS.put("autoconfigure", List.of("", "settings", "decode", "offset", "parking", "listener", "position",
				"safety", "engine", "actuate"));
	}

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(ROOT);

	@Test
	void packagesHaveNoCycles() {
		slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(classes);
	}

	@TestFactory
	Stream<DynamicTest> importsGoOneWayThroughTheHouse() {
		return WAYS.keySet()
			.stream()
			.map((name) -> DynamicTest.dynamicTest(name.isEmpty() ? "root" : name, () -> importsOnlyWhatItMay(name)));
	}

	private void importsOnlyWhatItMay(String name) {
		String[] closed = WAYS.keySet()
			.stream()
			.filter((other) -> !other.equals(name) && !WAYS.get(name).contains(other))
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
	void everyPackageHasAPlaceInTheHouse() {
		Set<String> packages = classes.stream()
			.map(ArchitectureTests::nameOf)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(WAYS.keySet()).containsAll(packages);
	}

	@Test
	void onlyDecodeAndEngineAndOneClassOfOffsetKnowDebeziumAndKafka() {
		Set<String> others = classes.stream()
			.filter(resideInAnyPackage(packageOf("decode"), packageOf("engine")).negate())
			.filter(ArchitectureTests::knowsDebeziumOrKafka)
			.map(ArchitectureTests::topLevelNameOf)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(others).hasSizeLessThanOrEqualTo(1).allMatch((name) -> name.startsWith(ROOT + ".offset."));
	}

	@Test
	void nothingIsPrintedOrLoggedPastTheApplicationsLogging() {
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
		return rest.isEmpty() ? "" : rest.substring(1).split("\\.")[0];
	}

	private static boolean knowsDebeziumOrKafka(JavaClass javaClass) {
		DescribedPredicate<JavaClass> foreign = resideInAnyPackage("io.debezium..", "org.apache.kafka..");
		return javaClass.getDirectDependenciesFromSelf()
			.stream()
			.anyMatch((dependency) -> foreign.test(dependency.getTargetClass()));
	}

	private static String topLevelNameOf(JavaClass javaClass) {
		return Arrays.stream(javaClass.getName().split("\\$")).findFirst().orElseThrow();
	}

}
