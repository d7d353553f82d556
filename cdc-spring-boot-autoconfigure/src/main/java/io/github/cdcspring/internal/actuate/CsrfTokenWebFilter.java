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

import java.nio.charset.StandardCharsets;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Answers the page's request for the token of Spring Security's filter for WebFlux, where
 * an endpoint cannot see the request. Has to follow that filter, which also decides
 * whether the request is allowed.
 */
public final class CsrfTokenWebFilter implements WebFilter, Ordered {

	private final String path;

	/**
	 * Create a filter.
	 * @param endpoint the root path of the endpoint
	 */
	public CsrfTokenWebFilter(String endpoint) {
		this.path = "/" + endpoint + "/" + CdcEndpointWebExtension.FILES + "/" + CdcEndpointWebExtension.CSRF;
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		Mono<CsrfToken> token = exchange.getAttribute(CsrfToken.class.getName());
		if (token == null || !exchange.getRequest().getPath().value().endsWith(this.path)) {
			return chain.filter(exchange);
		}
		return token.flatMap((csrf) -> answer(exchange.getResponse(), csrf));
	}

	private static Mono<Void> answer(ServerHttpResponse response, CsrfToken token) {
		String json = "{\"header\":\"" + token.getHeaderName() + "\",\"token\":\"" + token.getToken() + "\"}";
		response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
		return response
			.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(json.getBytes(StandardCharsets.UTF_8))));
	}

}
