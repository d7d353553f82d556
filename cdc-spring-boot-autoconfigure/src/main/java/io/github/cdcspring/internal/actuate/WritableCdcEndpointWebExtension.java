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

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.PathMapper;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Tells HTTP clients by the status whether an operation was done: 200, or 409 with the
 * reason.
 *
 */
@EndpointWebExtension(endpoint = WritableCdcEndpoint.class)
public final class WritableCdcEndpointWebExtension extends CdcEndpointWebExtension {

	private final WritableCdcEndpoint endpoint;

	/**
	 * Create an extension.
	 * @param endpoint the endpoint
	 * @param pathMappers tell where the endpoint is
	 */
	public WritableCdcEndpointWebExtension(WritableCdcEndpoint endpoint, List<PathMapper> pathMappers) {
		super(endpoint, pathMappers);
		this.endpoint = endpoint;
	}

	/**
	 * Have an engine do something.
	 * @param engine its name
	 * @param operation what
	 * @param lsn for {@code advance}, where to
	 * @param tables for {@code snapshot}, the tables whose existing rows are to be read
	 * @param security who asks
	 * @return what came of it
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResult> operate(@Selector String engine, @Selector String operation,
			@Nullable String lsn, @Nullable List<String> tables, SecurityContext security) {
		OperationResult result = this.endpoint.operate(engine, operation, lsn, tables, security);
		if (result == null) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return new WebEndpointResponse<>(result, result.done() ? WebEndpointResponse.STATUS_OK : 409);
	}

}
