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

package io.github.cdcspring.autoconfigure;

import io.github.cdcspring.internal.actuate.CdcDescriptor;
import io.github.cdcspring.internal.actuate.CsrfTokens;
import io.github.cdcspring.internal.actuate.DescribedEngine;
import io.github.cdcspring.internal.actuate.EngineDescriptor;
import io.github.cdcspring.internal.ssl.SslBundleSocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.BeanUtils;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The hints of the auto-configuration.
 */
class CdcRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@BeforeEach
	void register() {
		for (Class<? extends RuntimeHintsRegistrar> registrar : CdcAutoConfiguration.class
			.getAnnotation(ImportRuntimeHints.class)
			.value()) {
			BeanUtils.instantiateClass(registrar).registerHints(this.hints, getClass().getClassLoader());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "internal/actuate/page/*", "*/schema-postgresql.sql", "internal/debezium/run-classes.txt",
			"internal/row/dictionary-1.txt" })
	void resourcesAreKept(String pattern) throws Exception {
		Resource[] files = new PathMatchingResourcePatternResolver()
			.getResources("classpath*:io/github/cdcspring/" + pattern);
		assertThat(files).isNotEmpty().allSatisfy((file) -> {
			String path = file.getURL().getPath();
			assertThat(
					RuntimeHintsPredicates.resource().forResource(path.substring(path.indexOf("io/github/cdcspring/"))))
				.accepts(this.hints);
		});
	}

	@Test
	void whatTheEndpointsReturnCanBeWritten() {
		for (Class<?> sealed : DescribedEngine.class.getPermittedSubclasses()) {
			assertThat(RuntimeHintsPredicates.reflection().onType(sealed)).accepts(this.hints);
		}
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(EngineDescriptor.SlotDescriptor.class, "confirmedFlushLsn")).accepts(this.hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(CsrfTokens.CsrfDescriptor.class, "token"))
			.accepts(this.hints);
		// Spring Boot registers what an operation declares
		assertThat(RuntimeHintsPredicates.reflection().onType(CdcDescriptor.class)).rejects(this.hints);
	}

	@Test
	void theDriverCanCreateSockets() throws Exception {
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(SslBundleSocketFactory.class.getDeclaredConstructor(String.class)))
			.accepts(this.hints);
	}

}
