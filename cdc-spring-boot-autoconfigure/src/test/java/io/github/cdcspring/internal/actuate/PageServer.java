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

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Serves the page and responses that a test sets, behind a path of its own and under a
 * strict content security policy.
 */
final class PageServer implements AutoCloseable {

	private static final String PATH = "/behind/a/proxy/cdc";

	private final HttpServer server;

	private volatile String answer = "{\"engines\":{}}";

	private volatile int status = 200;

	PageServer() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	void answer(String json) {
		this.answer = json;
		this.status = 200;
	}

	void fail(int status) {
		this.status = status;
	}

	String origin() {
		return "http://localhost:" + this.server.getAddress().getPort();
	}

	String url() {
		return origin() + PATH;
	}

	private void handle(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		if (!path.equals(PATH)) {
			WebEndpointResponse<String> file = Page.file(path.substring(path.lastIndexOf('/') + 1));
			send(exchange, file.getStatus(), String.valueOf(file.getContentType()), String.valueOf(file.getBody()));
		}
		else if (exchange.getRequestHeaders().getFirst("Accept").contains("text/html")) {
			send(exchange, 200, "text/html;charset=UTF-8", new Page("cdc/page").html());
		}
		else {
			send(exchange, this.status, "application/json", this.answer);
		}
	}

	private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", type);
		exchange.getResponseHeaders()
			.set("Content-Security-Policy",
					"default-src 'self'; object-src 'none'; require-trusted-types-for 'script'");
		exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
		exchange.sendResponseHeaders(status, bytes.length);
		try (OutputStream output = exchange.getResponseBody()) {
			output.write(bytes);
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
