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

package io.github.cdcspring.documentation;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is published, and what says so in further files.
 */
class PublicationTests {

	private static final DocumentationPage POM = DocumentationPage.of("pom.xml");

	private static final DocumentationPage WORKFLOW = DocumentationPage.of(".github/workflows/build.yml");

	@Test
	void theBomHasEachPublishedModule() {
		Set<String> published = POM.matches("<module>(.+)</module>")
			.stream()
			.map((module) -> DocumentationPage.of(module + "/pom.xml"))
			.filter((pom) -> !pom.text().contains("<packaging>pom</packaging>"))
			.filter((pom) -> !pom.text().contains("<publication.skip>true</publication.skip>"))
			.flatMap((pom) -> pom.matches("</parent>\\s+<artifactId>(.+)</artifactId>").stream())
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> managed = DocumentationPage.of("cdc-spring-boot-bom/pom.xml")
			.matches("<dependency>\\s+<groupId>io.github.cdcspring</groupId>\\s+<artifactId>(.+)</artifactId>");
		assertThat(published).contains("cdc-spring-boot-starter").doesNotContain("cdc-lab");
		assertThat(managed).isEqualTo(published);
	}

	@Test
	void theSiteHasTheVersionOfTheBuild() {
		String version = POM.matches("<artifactId>cdc-spring-boot</artifactId>\\s+<version>(.+)</version>")
			.iterator()
			.next();
		DocumentationPage antora = DocumentationPage.of("antora.yml");
		assertThat(antora.matches("(?m)^version: (.+)$")).containsExactly(version.replace("-SNAPSHOT", ""));
		assertThat(antora.matches("(?m)^prerelease: (.+)$").contains("-SNAPSHOT"))
			.isEqualTo(version.endsWith("-SNAPSHOT"));
	}

	@Test
	void theWorkflowRunsTheDocumentedVersions() {
		assertThat(WORKFLOW.text()).contains("- run: .ci/run ");
		for (String property : Set.of("spring-boot.version", "postgres-binaries.version")) {
			String current = POM.matches("<" + property + ">([\\d.]+)</").iterator().next();
			Set<String> other = DocumentationPage.of("CONTRIBUTING.md").matches("-D" + property + "=([\\d.]+\\d)");
			assertThat(WORKFLOW.text()).contains("-D" + property + "=${{ matrix.").contains(current).contains(other);
		}
		String newest = DocumentationPage.of("docs/upgrade.md")
			.matches("Java \\| 17 or newer; the tests also run on (\\d+)")
			.iterator()
			.next();
		assertThat(WORKFLOW.matches("java: \\[(.+)]")).containsExactly("'17', '" + newest + "'");
	}

}
