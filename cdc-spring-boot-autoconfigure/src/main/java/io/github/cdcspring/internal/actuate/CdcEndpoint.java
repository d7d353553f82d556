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
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Endpoint that shows slot, offset and server of each engine, what their difference
 * means, and what a restart would do now. With unrestricted access it also operates the
 * engines.
 */
@Endpoint(id = "cdc", defaultAccess = Access.READ_ONLY)
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
	 * Return all engines.
	 * @return their description
	 */
	@ReadOperation(producesFrom = Representation.class)
	public CdcDescriptor cdc() {
		Map<String, DescribedEngine> engines = new LinkedHashMap<>();
		this.engines.engines().forEach((engine) -> engines.put(engine.name(), EngineDescriptorFactory.create(engine)));
		return new CdcDescriptor(engines);
	}

	/**
	 * Return one engine.
	 * @param engine its name
	 * @return its description, {@code null} if there is no such engine
	 */
	@ReadOperation
	public @Nullable DescribedEngine engine(@Selector String engine) {
		SupervisedCdcEngine named = this.engines.engine(engine);
		return (named != null) ? EngineDescriptorFactory.create(named) : null;
	}

	/**
	 * Operate an engine.
	 * @param engine its name
	 * @param operation {@code pause}, {@code resume}, {@code restart}, {@code recover},
	 * {@code advance}, {@code backfill}, {@code pause-backfill}, {@code resume-backfill}
	 * or {@code cancel-backfill}
	 * @param lsn the LSN to {@code advance} the slot to
	 * @param tables the tables of a {@code backfill}
	 * @param listener the only listener that receives the rows of a {@code backfill}
	 * @param where the conditions that the rows of a {@code backfill} have to meet
	 * @return the result, {@code null} if there is no such engine or operation
	 */
	@WriteOperation
	public @Nullable OperationResult operate(@Selector String engine, @Selector String operation, @Nullable String lsn,
			@Nullable List<String> tables, @Nullable String listener, @Nullable String where) {
		SupervisedCdcEngine named = this.engines.engine(engine);
		Optional<EngineOperation> known = EngineOperation.of(operation);
		if (named == null || known.isEmpty()) {
			return null;
		}
		return operate(named, known.get(),
				new EngineOperation.Arguments(lsn, (tables != null) ? tables : List.of(), listener, where));
	}

	private static OperationResult operate(SupervisedCdcEngine engine, EngineOperation operation,
			EngineOperation.Arguments arguments) {
		try {
			String message = operation.run(engine, arguments);
			return new OperationResult(true, message, EngineDescriptorFactory.create(engine));
		}
		catch (CdcException | IllegalArgumentException ex) {
			return new OperationResult(false, String.valueOf(ex.getMessage()), EngineDescriptorFactory.create(engine));
		}
	}

}
