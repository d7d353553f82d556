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

package io.github.cdcspring.internal.kafka;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StrimziConnectorTests {

	@Test
	void namesTheConnectorThatTheApplicationNeeds() {
		assertThat(StrimziConnector.yaml("my_shop", Map.of("connector.class", "a.B", "slot.name", "my_shop")))
			.startsWith("# Strimzi reverts changes")
			.contains("'cdc.kafka.connect.connector=my-shop'", "  name: \"my-shop\"", "    slot.name: \"my_shop\"");
	}

}
