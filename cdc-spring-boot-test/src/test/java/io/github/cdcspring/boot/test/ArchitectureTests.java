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

package io.github.cdcspring.boot.test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

class ArchitectureTests {

	private static final String ROOT = "io.github.cdcspring";

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(ROOT + ".boot.test");

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

	@Test
	void noSignatureOfTheApiExposesAnInternalType() {
		List<String> exposed = apiTypes()
			.flatMap((type) -> Stream.concat(type.getMethods().stream(), type.getConstructors().stream()))
			.filter(ArchitectureTests::isExposed)
			.flatMap((member) -> member.getAllInvolvedRawTypes()
				.stream()
				.filter((type) -> type.getPackageName().startsWith(ROOT + ".internal"))
				.map((type) -> member.getFullName() + " exposes " + type.getName()))
			.sorted()
			.toList();
		assertThat(exposed).isEmpty();
	}

	private static Stream<JavaClass> apiTypes() {
		return classes.stream().filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC));
	}

	private static boolean isExposed(JavaCodeUnit member) {
		return (member.getModifiers().contains(JavaModifier.PUBLIC)
				|| member.getModifiers().contains(JavaModifier.PROTECTED))
				&& !member.getModifiers().contains(JavaModifier.SYNTHETIC);
	}

	/** What delivers events has a narrow door, and everything else is closed. */
	@Test
	void theKitUsesFewPackages() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.debezium..", ROOT + ".internal.debezium..", ROOT + ".internal.parking..",
					ROOT + ".internal.backfill..", ROOT + ".internal.kafka..", ROOT + ".internal.actuate..",
					ROOT + ".internal.startup.check..")
			.check(classes);
	}

	@Test
	void nothingIsPrinted() {
		GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes);
		GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(classes);
	}

	@Test
	void thePackageIsNullMarked() {
		assertThat(classes.stream().map(JavaClass::getPackage).distinct())
			.allMatch((javaPackage) -> javaPackage.isAnnotatedWith(NullMarked.class));
	}

}
