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
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.PathMapper;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.util.MimeTypeUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Web extension of the endpoint {@code cdc}. Browsers get a page that draws what the
 * endpoint returns, and clients get the result of an operation as a status.
 */
@EndpointWebExtension(endpoint = CdcEndpoint.class)
public class CdcEndpointWebExtension {

	static final String FILES = "page";

	static final String CSRF = "csrf";

	private static final int CONFLICT = 409;

	private final CdcEndpoint endpoint;

	private final Page page;

	private final Supplier<PageControls> controls;

	private final CsrfTokens csrfTokens;

	/**
	 * Create an extension.
	 * @param endpoint the endpoint
	 * @param pathMappers determine the path of the endpoint
	 * @param access the access to the endpoints
	 * @param exposed the endpoints that are exposed, known when all were discovered
	 * @param csrfTokens the tokens that operations need
	 */
	public CdcEndpointWebExtension(CdcEndpoint endpoint, List<PathMapper> pathMappers, EndpointAccessResolver access,
			Supplier<PathMappedEndpoints> exposed, CsrfTokens csrfTokens) {
		this.endpoint = endpoint;
		this.controls = SingletonSupplier.of(() -> PageControls.of(access, exposed.get()));
		this.csrfTokens = csrfTokens;
		String path = PathMapper.getRootPath(pathMappers, PageControls.CDC);
		this.page = new Page(path.substring(path.lastIndexOf('/') + 1) + "/" + FILES);
	}

	/**
	 * Return all engines.
	 * @param representation what the request accepts
	 * @return their description, or the page that draws it
	 */
	@ReadOperation(producesFrom = Representation.class)
	public WebEndpointResponse<Object> cdc(Representation representation) {
		Object body = (representation == Representation.PAGE) ? this.page.html(this.controls.get())
				: this.endpoint.cdc();
		return new WebEndpointResponse<>(body, representation);
	}

	/**
	 * Return a file of the page, or the token that its operations need.
	 * @param directory the directory of the page
	 * @param file the name of the file
	 * @return the file
	 */
	@ReadOperation(produces = { "text/javascript", "text/css", "image/svg+xml", "application/json" })
	public WebEndpointResponse<Object> file(@Selector String directory, @Selector String file) {
		if (!FILES.equals(directory)) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return CSRF.equals(file) ? csrf() : Page.file(file);
	}

	private WebEndpointResponse<Object> csrf() {
		CsrfTokens.CsrfDescriptor token = this.csrfTokens.current();
		return new WebEndpointResponse<>((token != null) ? token : Map.of(), MimeTypeUtils.APPLICATION_JSON);
	}

	/**
	 * Operate an engine.
	 * @param engine its name
	 * @param operation the operation
	 * @param lsn the LSN to {@code advance} the slot to
	 * @param tables the tables of an operation on a backfill
	 * @param listener the only listener that receives the rows of a {@code backfill}
	 * @param where the conditions that the rows of a {@code backfill} have to meet
	 * @return the result with status 200, or 409 with the reason why it was not done
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResult> operate(@Selector String engine, @Selector String operation,
			@Nullable String lsn, @Nullable List<String> tables, @Nullable String listener, @Nullable String where) {
		OperationResult result = this.endpoint.operate(engine, operation, lsn, tables, listener, where);
		if (result == null) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return new WebEndpointResponse<>(result, result.done() ? WebEndpointResponse.STATUS_OK : CONFLICT);
	}

	/**
	 * Operate an engine by a request that has neither body nor content type.
	 * @param engine its name
	 * @param operation the operation
	 * @return the result with status 200, or 409 with the reason why it was not done
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResult> operate(@Selector String engine, @Selector String operation) {
		return operate(engine, operation, null, null, null, null);
	}

}
