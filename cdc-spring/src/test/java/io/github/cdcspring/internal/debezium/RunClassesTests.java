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

package io.github.cdcspring.internal.debezium;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RunClassesTests {

	@Test
	void listNamesClassesThatExist() {
		// Another version of a library may lack some
		List<String> missing = new ArrayList<>();
		RunClasses.names().forEach((name) -> {
			try {
				Class.forName(name, false, getClass().getClassLoader());
			}
			catch (ClassNotFoundException | LinkageError ex) {
				missing.add(name);
			}
		});
		assertThat(missing).noneMatch((name) -> name.startsWith("io.github.cdcspring."))
			.hasSizeLessThan(RunClasses.names().size() / 10);
	}

	@Test
	void listNamesWhatReceives() {
		assertThat(RunClasses.names()).contains(EngineTask.class.getName(), DebeziumRun.class.getName(),
				"io.debezium.connector.postgresql.PostgresStreamingChangeEventSource");
	}

}
