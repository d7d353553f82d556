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

package io.github.cdcspring.internal.kafka;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Reads configuration and state of the connector from Kafka Connect.
 *
 * @see <a href="https://kafka.apache.org/documentation/#connect_rest">Kafka Connect: REST
 * API</a>
 */
final class ConnectorReader {

	/** For the whole request, because a start waits for it. */
	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final Pattern EXCEPTION = Pattern.compile("[\\p{Alnum}_.$]+");

	private static final int NOT_FOUND = 404;

	private final EngineSettings settings;

	private final EngineSettings.Kafka.Connect connect;

	ConnectorReader(EngineSettings settings, EngineSettings.Kafka.Connect connect) {
		this.settings = settings;
		this.connect = connect;
	}

	/**
	 * Read the configuration, which may contain secrets.
	 * @return the configuration, {@code null} if there is no such connector
	 * @throws NotReadyException if Kafka Connect does not answer
	 */
	@Nullable Map<String, String> read() {
		String url = this.connect.connectorUrl() + "/config";
		HttpResponse<String> response = get(url);
		if (response.statusCode() == NOT_FOUND) {
			return null;
		}
		if (response.statusCode() != 200) {
			throw silent(url, "answered with status " + response.statusCode());
		}
		try {
			return JSON.readValue(response.body(), new TypeReference<>() {
			});
		}
		catch (JsonProcessingException ex) {
			throw silent(url, "did not answer with the configuration of a connector");
		}
	}

	/**
	 * Read the state of connector and task.
	 * @return the state, {@code null} if there is no such connector
	 * @throws NotReadyException if Kafka Connect does not answer
	 */
	@Nullable ConnectorStatus status() {
		String url = this.connect.connectorUrl() + "/status";
		HttpResponse<String> response = get(url);
		if (response.statusCode() == NOT_FOUND) {
			return null;
		}
		if (response.statusCode() != 200) {
			throw silent(url, "answered with status " + response.statusCode());
		}
		try {
			JsonNode status = JSON.readTree(response.body());
			JsonNode task = status.path("tasks").path(0);
			String trace = task.path("trace").asText("");
			return new ConnectorStatus(this.connect.connector(),
					status.path("connector").path("state").asText("UNKNOWN"),
					task.isMissingNode() ? null : task.path("state").asText("UNKNOWN"),
					trace.isEmpty() ? null : exception(trace));
		}
		catch (JsonProcessingException ex) {
			throw silent(url, "did not answer with the state of a connector");
		}
	}

	/** The name of the exception, without its message. */
	private static @Nullable String exception(String trace) {
		Matcher name = EXCEPTION.matcher(trace);
		return name.lookingAt() ? name.group() : null;
	}

	private HttpResponse<String> get(String url) {
		HttpClient client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NORMAL)
			.build();
		CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
				HttpRequest.newBuilder(URI.create(url)).header("Accept", "application/json").build(),
				HttpResponse.BodyHandlers.ofString());
		try {
			// The client's own timeout does not include the body
			return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw silent(url, "cannot be reached");
		}
		catch (TimeoutException ex) {
			throw silent(url, "did not answer within " + TIMEOUT.toSeconds() + " s");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw silent(url, "was not awaited, because the application stops");
		}
		finally {
			answer.cancel(true);
		}
	}

	private NotReadyException silent(String url, String why) {
		return new NotReadyException("Kafka Connect cannot be asked for the connector: " + url + " " + why
				+ ". The engine waits for an answer. Start Kafka Connect, or set '"
				+ this.settings.property("kafka.connect.manage") + "=none'.");
	}

}
