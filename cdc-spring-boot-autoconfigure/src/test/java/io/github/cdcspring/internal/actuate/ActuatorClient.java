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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import io.github.cdcspring.test.TestApplication;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.env.Environment;

/**
 * Client of the actuator of an application.
 */
final class ActuatorClient {

	/** Properties of an application with a web server that exposes all endpoints. */
	static final String[] EXPOSED = { "spring.main.web-application-type=servlet", "server.port=0",
			"management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always" };

	private final HttpClient client = HttpClient.newHttpClient();

	private final JsonMapper mapper = JsonMapper.builder().build();

	private final String base;

	ActuatorClient(TestApplication application) {
		this.base = "http://localhost:" + application.bean(Environment.class).getProperty("local.server.port")
				+ "/actuator/";
	}

	JsonNode get(String path) {
		return this.mapper.readTree(getText(path));
	}

	String getText(String path) {
		return send(HttpRequest.newBuilder(URI.create(this.base + path)).build()).body();
	}

	int getStatus(String path) {
		return send(HttpRequest.newBuilder(URI.create(this.base + path)).build()).statusCode();
	}

	HttpResponse<String> post(String path, String json) {
		return send(HttpRequest.newBuilder(URI.create(this.base + path))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(json))
			.build());
	}

	private HttpResponse<String> send(HttpRequest request) {
		try {
			return this.client.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
