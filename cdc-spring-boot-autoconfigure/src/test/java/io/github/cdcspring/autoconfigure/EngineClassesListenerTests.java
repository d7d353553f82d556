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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.ApplicationListener;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EngineClassesListener}.
 */
class EngineClassesListenerTests {

	@Test
	void loadsClassesForAnEngineThatEmbedsDebezium() {
		assertThat(EngineClassesListener.isWanted(new MockEnvironment())).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "cdc.enabled, false", "cdc.source, kafka", "spring.backgroundpreinitializer.ignore, true" })
	void loadsNothingThatTheApplicationDoesNotUse(String property, String value) {
		assertThat(EngineClassesListener.isWanted(new MockEnvironment().withProperty(property, value))).isFalse();
	}

	@Test
	void isRegistered() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(ApplicationListener.class))
			.hasAtLeastOneElementOfType(EngineClassesListener.class);
	}

}
