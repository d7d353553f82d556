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

import java.util.List;
import java.util.stream.Stream;

import io.github.cdcspring.autoconfigure.CdcEngineProperties;
import io.github.cdcspring.autoconfigure.CdcProperties;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ContextNamesTests {

	@Test
	void eachEngineOfEachContextHasItsOwnNames() {
		List<CdcEngineProperties> engines = Stream.of(context(), context())
			.flatMap((context) -> Stream.concat(Stream.of(context), context.getEngines().values().stream()))
			.toList();
		assertThat(engines).extracting((engine) -> engine.getSlot().getName())
			.doesNotHaveDuplicates()
			.allMatch((name) -> name.matches("[a-z0-9_]{1,63}"));
		assertThat(engines).extracting((engine) -> engine.getPublication().getName()).doesNotHaveDuplicates();
		assertThat(engines).extracting((engine) -> engine.getOffset().getFile().getPath()).doesNotHaveDuplicates();
	}

	@Test
	void publicationOfTheOperatorKeepsItsName() {
		CdcProperties properties = new CdcProperties();
		properties.getPublication().setCreate(false);
		properties.getPublication().setName("shared");
		new ContextNames().postProcessAfterInitialization(properties, "cdc");
		assertThat(properties.getPublication().getName()).isEqualTo("shared");
	}

	@Test
	void publicationOfTheOperatorKeepsTheNameOfTheSlot() {
		CdcProperties properties = new CdcProperties();
		properties.getPublication().setCreate(false);
		properties.getSlot().setName("shop");
		new ContextNames().postProcessAfterInitialization(properties, "cdc");
		assertThat(properties.getPublication().getName()).isEqualTo("shop");
		assertThat(properties.getSlot().getName()).isNotEqualTo("shop");
	}

	private static CdcProperties context() {
		CdcProperties properties = new CdcProperties();
		properties.getSlot().setName("shop");
		properties.getEngines().put("audit", new CdcEngineProperties());
		properties.getEngines().put("search-index", new CdcEngineProperties());
		new ContextNames().postProcessAfterInitialization(properties, "cdc");
		return properties;
	}

}
