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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

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

	private volatile PageControls controls = new PageControls(false, null, false);

	private volatile String parked = "{}";

	private volatile String result = "{}";

	private volatile int resultStatus = 200;

	private final List<String> operations = new CopyOnWriteArrayList<>();

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

	/** Let the page operate. */
	void allow(PageControls controls) {
		this.controls = controls;
	}

	/** Set the list of parked events. */
	void park(String json) {
		this.parked = json;
	}

	/** Set the result of operations. */
	void result(int status, String json) {
		this.result = json;
		this.resultStatus = status;
	}

	/** The operations that were requested, with their token. */
	List<String> operations() {
		return List.copyOf(this.operations);
	}

	String origin() {
		return "http://localhost:" + this.server.getAddress().getPort();
	}

	String url() {
		return origin() + PATH;
	}

	private void handle(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		if (!"GET".equals(exchange.getRequestMethod())) {
			this.operations.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
					+ new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8) + " "
					+ exchange.getRequestHeaders().getFirst("X-CSRF-TOKEN"));
			send(exchange, this.resultStatus, "application/json", this.result);
		}
		else if (path.startsWith(PATH + "parked")) {
			send(exchange, 200, "application/json", path.endsWith("parked") ? "{\"default\":1}" : this.parked);
		}
		else if (path.endsWith("/page/csrf")) {
			send(exchange, 200, "application/json", "{\"header\":\"X-CSRF-TOKEN\",\"token\":\"t0ken\"}");
		}
		else if (!path.equals(PATH)) {
			WebEndpointResponse<Object> file = Page.file(path.substring(path.lastIndexOf('/') + 1));
			send(exchange, file.getStatus(), String.valueOf(file.getContentType()), String.valueOf(file.getBody()));
		}
		else if (exchange.getRequestHeaders().getFirst("Accept").contains("text/html")) {
			send(exchange, 200, "text/html;charset=UTF-8", new Page("cdc/page").html(this.controls));
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
