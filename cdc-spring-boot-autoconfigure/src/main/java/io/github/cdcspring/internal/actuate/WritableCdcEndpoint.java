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

import java.security.Principal;
import java.util.List;
import java.util.Optional;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The endpoint with operations that change something, for where the operator allows them.
 * Each one is noted in the log, with who asked for it.
 *
 */
@Endpoint(id = "cdc")
public final class WritableCdcEndpoint extends CdcEndpoint {

	private static final Logger logger = LoggerFactory.getLogger(WritableCdcEndpoint.class);

	/**
	 * Create an endpoint.
	 * @param engines the engines
	 */
	public WritableCdcEndpoint(EmbeddedEngineRegistry engines) {
		super(engines);
	}

	/**
	 * Have an engine do something.
	 * @param engine its name
	 * @param operation {@code pause}, {@code resume}, {@code restart}, {@code advance} or
	 * {@code snapshot}
	 * @param lsn for {@code advance}, where to
	 * @param tables for {@code snapshot}, the tables whose existing rows are to be read
	 * @param security who asks
	 * @return what came of it, {@code null} if there is no such engine or operation
	 */
	@WriteOperation
	public @Nullable OperationResult operate(@Selector String engine, @Selector String operation, @Nullable String lsn,
			@Nullable List<String> tables, SecurityContext security) {
		EmbeddedCdcEngine named = engines().engine(engine);
		Optional<EngineOperation> known = EngineOperation.of(operation);
		if (named == null || known.isEmpty()) {
			return null;
		}
		String asked = "Operation '" + operation + "' on engine '" + engine + "'" + argument(" to ", lsn)
				+ argument(" of ", tables) + ", asked for by " + who(security);
		OperationResult result = operate(named, known.get(), lsn, (tables != null) ? tables : List.of());
		logger.info("{}: {}", asked, result.message());
		return result;
	}

	private static OperationResult operate(EmbeddedCdcEngine engine, EngineOperation operation, @Nullable String lsn,
			List<String> tables) {
		try {
			String message = operation.run(engine, lsn, tables);
			return new OperationResult(true, message, EngineDescriptorFactory.create(engine));
		}
		catch (CdcException | IllegalArgumentException ex) {
			return new OperationResult(false, String.valueOf(ex.getMessage()), EngineDescriptorFactory.create(engine));
		}
	}

	static Lsn lsn(@Nullable String lsn) {
		if (lsn == null) {
			throw new IllegalArgumentException("Say where to, as \"lsn\": \"0/16B3748\".");
		}
		try {
			return Lsn.parse(lsn);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("'" + LogSafe.of(lsn) + "' is not an LSN, which looks like 0/16B3748.");
		}
	}

	private static String argument(String word, @Nullable Object value) {
		return (value != null) ? word + LogSafe.of(value) : "";
	}

	private static String who(SecurityContext security) {
		Principal principal = security.getPrincipal();
		return (principal != null) ? "'" + LogSafe.of(principal.getName()) + "'" : "somebody unnamed";
	}

}
