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

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.PathMapper;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * The endpoint {@code cdc} over HTTP: to a browser it shows a page that draws what the
 * endpoint tells.
 *
 */
@EndpointWebExtension(endpoint = CdcEndpoint.class)
public class CdcEndpointWebExtension {

	private static final String FILES = "page";

	private final CdcEndpoint endpoint;

	private final Page page;

	/**
	 * Create an extension.
	 * @param endpoint the endpoint
	 * @param pathMappers tell where the endpoint is
	 */
	public CdcEndpointWebExtension(CdcEndpoint endpoint, List<PathMapper> pathMappers) {
		this.endpoint = endpoint;
		String path = PathMapper.getRootPath(pathMappers, EndpointId.of("cdc"));
		this.page = new Page(path.substring(path.lastIndexOf('/') + 1) + "/" + FILES);
	}

	/**
	 * All engines.
	 * @param representation what the request accepts
	 * @return their description, or the page that draws it
	 */
	@ReadOperation(producesFrom = Representation.class)
	public WebEndpointResponse<Object> cdc(Representation representation) {
		Object body = (representation == Representation.PAGE) ? this.page.html() : this.endpoint.cdc();
		return new WebEndpointResponse<>(body, representation);
	}

	/**
	 * A file that the page is made of.
	 * @param directory the page's directory
	 * @param file its name
	 * @return the file
	 */
	@ReadOperation(produces = { "text/javascript", "text/css", "image/svg+xml" })
	public WebEndpointResponse<String> file(@Selector String directory, @Selector String file) {
		return FILES.equals(directory) ? Page.file(file)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
