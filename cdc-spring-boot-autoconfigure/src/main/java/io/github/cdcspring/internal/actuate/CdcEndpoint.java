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

package io.github.cdcspring.internal.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * Shows where each engine's stream stands: slot, offset, server, what their difference
 * means, and what a restart would do now.
 *
 */
@Endpoint(id = "cdc")
public class CdcEndpoint {

	private final EmbeddedEngineRegistry engines;

	/**
	 * Create an endpoint.
	 * @param engines the engines
	 */
	public CdcEndpoint(EmbeddedEngineRegistry engines) {
		this.engines = engines;
	}

	/**
	 * All engines.
	 * @return their description
	 */
	@ReadOperation(producesFrom = Representation.class)
	public CdcDescriptor cdc() {
		Map<String, EngineDescriptor> engines = new LinkedHashMap<>();
		this.engines.engines().forEach((engine) -> engines.put(engine.name(), EngineDescriptorFactory.create(engine)));
		return new CdcDescriptor(engines);
	}

	/**
	 * One engine.
	 * @param engine its name
	 * @return its description, {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable EngineDescriptor engine(@Selector String engine) {
		EmbeddedCdcEngine named = this.engines.engine(engine);
		return (named != null) ? EngineDescriptorFactory.create(named) : null;
	}

	/**
	 * The engines.
	 */
	final EmbeddedEngineRegistry engines() {
		return this.engines;
	}

}
