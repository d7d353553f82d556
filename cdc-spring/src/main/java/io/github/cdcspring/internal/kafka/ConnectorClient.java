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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdcspring.internal.startup.check.ConnectorConfiguration;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Reads configuration, offset and state of the connector from Kafka Connect, and changes
 * the configuration.
 *
 * @see <a href="https://kafka.apache.org/documentation/#connect_rest">Kafka Connect: REST
 * API</a>
 */
final class ConnectorClient {

	/** For the whole request, because a start waits for it. */
	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final Pattern EXCEPTION = Pattern.compile("[\\p{Alnum}_.$]+");

	private static final String CAUSE = "\nCaused by: ";

	/** The worker connects to the database before it answers. */
	private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(30);

	private static final String OFFSETS = "/offsets";

	private static final String OFFSET = "the offset of a connector";

	private static final int OK = 200;

	private static final int BAD_REQUEST = 400;

	private static final int UNAUTHORIZED = 401;

	private static final int NOT_FOUND = 404;

	private static final int CONFLICT = 409;

	/** The workers distribute connectors again after one was created. */
	private static final Duration CREATION_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration PAUSE = Duration.ofMillis(200);

	private final EngineSettings settings;

	private final EngineSettings.Kafka.Connect connect;

	private final Duration creationTimeout;

	ConnectorClient(EngineSettings settings, EngineSettings.Kafka.Connect connect) {
		this(settings, connect, CREATION_TIMEOUT);
	}

	ConnectorClient(EngineSettings settings, EngineSettings.Kafka.Connect connect, Duration creationTimeout) {
		this.settings = settings;
		this.connect = connect;
		this.creationTimeout = creationTimeout;
	}

	/**
	 * Read the configuration, which may contain secrets.
	 * @return the configuration, {@code null} if there is no such connector
	 * @throws NotReadyException if Kafka Connect does not answer
	 */
	@Nullable Map<String, String> read() {
		return find("/config", "the configuration of a connector",
				(body) -> JSON.readValue(body, new TypeReference<>() {
				}));
	}

	/**
	 * Read the state of connector and task.
	 * @return the state, {@code null} if there is no such connector
	 * @throws NotReadyException if Kafka Connect does not answer
	 */
	@Nullable ConnectorStatus status() {
		return find("/status", "the state of a connector", (body) -> status(JSON.readTree(body)));
	}

	private ConnectorStatus status(JsonNode status) {
		JsonNode task = status.path("tasks").path(0);
		JsonNode connector = status.path("connector");
		String trace = task.path("trace").asText(connector.path("trace").asText(""));
		return new ConnectorStatus(this.connect.connector(), connector.path("state").asText("UNKNOWN"),
				task.isMissingNode() ? null : task.path("state").asText("UNKNOWN"),
				trace.isEmpty() ? null : exception(trace));
	}

	/** The names of the exception and of its first cause, without their messages. */
	private static @Nullable String exception(String trace) {
		Matcher name = EXCEPTION.matcher(trace);
		if (!name.lookingAt()) {
			return null;
		}
		int cause = trace.lastIndexOf(CAUSE);
		Matcher causeName = EXCEPTION.matcher((cause >= 0) ? trace.substring(cause + CAUSE.length()) : "");
		return causeName.lookingAt() ? name.group() + ", caused by " + causeName.group() : name.group();
	}

	/**
	 * Read the offset from which the connector continues. Kafka Connect keeps offsets of
	 * other prefixes that the connector had.
	 * @param prefix the prefix of its topics
	 * @return Debezium's offset, {@code null} if there is none
	 * @throws NotReadyException if Kafka Connect does not answer
	 */
	@Nullable Map<String, Object> offset(String prefix) {
		return find(OFFSETS, OFFSET, (body) -> offset(prefix, JSON.readTree(body)));
	}

	/**
	 * Read the offset that Kafka Connect has kept for a connector that was created. A
	 * worker that has not learned of the connector yet does not know of it.
	 * @param prefix the prefix of its topics
	 * @return Debezium's offset, {@code null} if there is none
	 * @throws NotReadyException if Kafka Connect does not answer, or no worker knows the
	 * connector
	 */
	@Nullable Map<String, Object> keptOffset(String prefix) {
		String url = this.connect.connectorUrl() + OFFSETS;
		return parse(url, await("GET", url, "knows"), OFFSET, (body) -> offset(prefix, JSON.readTree(body)));
	}

	private static @Nullable Map<String, Object> offset(String prefix, JsonNode answer) {
		for (JsonNode offset : answer.path("offsets")) {
			if (prefix.equals(offset.path("partition").path("server").asText()) && offset.path("offset").isObject()) {
				return JSON.convertValue(offset.path("offset"), new TypeReference<>() {
				});
			}
		}
		return null;
	}

	/** Whether the worker has a connector of this class. */
	boolean hasPlugin(String type) {
		String url = this.connect.pluginsUrl();
		return Boolean.TRUE
			.equals(parse(url, get(url), "a list of plugins", (body) -> hasPlugin(type, JSON.readTree(body))));
	}

	private static boolean hasPlugin(String type, JsonNode plugins) {
		for (JsonNode plugin : plugins) {
			if (type.equals(plugin.path("class").asText())) {
				return true;
			}
		}
		return false;
	}

	/** What Kafka Connect tells of the connector, {@code null} if it does not know it. */
	private <T> @Nullable T find(String path, String what, Body<T> body) {
		String url = this.connect.connectorUrl() + path;
		HttpResponse<String> response = get(url);
		return (response.statusCode() != NOT_FOUND) ? parse(url, response, what, body) : null;
	}

	private <T> @Nullable T parse(String url, HttpResponse<String> response, String what, Body<T> body) {
		if (response.statusCode() != OK) {
			throw silent(url, status(response));
		}
		try {
			return body.parse(response.body());
		}
		catch (JsonProcessingException ex) {
			throw silent(url, "did not answer with " + what);
		}
	}

	/**
	 * Create the connector, which does not run yet. A connector that exists meanwhile is
	 * never replaced.
	 * @param configuration the whole configuration
	 * @throws NotReadyException if Kafka Connect does not accept it now, or the connector
	 * exists
	 * @see <a href=
	 * "https://cwiki.apache.org/confluence/display/KAFKA/KIP-980%3A+Allow+creating+connectors+in+a+stopped+state">KIP-980</a>
	 */
	void create(Map<String, String> configuration) {
		write("POST", this.connect.connectorsUrl(),
				ConnectorConfiguration.creation(this.connect.connector(), configuration));
	}

	/**
	 * Have the connector run that was created.
	 * @throws NotReadyException if Kafka Connect does not accept it
	 */
	void resume() {
		await("PUT", this.connect.connectorUrl() + "/resume", "resumes");
	}

	/** Kafka Connect refuses requests while its workers distribute connectors. */
	private HttpResponse<String> await(String method, String url, String verb) {
		long deadline = System.nanoTime() + this.creationTimeout.toNanos();
		while (true) {
			HttpResponse<String> response = send(
					request(url).method(method, HttpRequest.BodyPublishers.noBody()).build(), TIMEOUT);
			int status = response.statusCode();
			if (status < 300) {
				return response;
			}
			if (status != NOT_FOUND && status != CONFLICT || System.nanoTime() - deadline > 0) {
				throw new NotReadyException(
						"Connector '" + this.connect.connector() + "' was created, but is stopped, because no worker "
								+ verb + " it: " + method + " " + url + " was answered with status " + status
								+ ". The engine tries again. Check the log of the worker.");
			}
			LockSupport.parkNanos(PAUSE.toNanos());
		}
	}

	/**
	 * Change the connector.
	 * @param changes what differs
	 * @throws NotReadyException if Kafka Connect does not accept it now
	 */
	void change(Map<String, String> changes) {
		write("PATCH", this.connect.connectorUrl() + "/config", ConnectorConfiguration.json(changes));
	}

	/** The answer may contain values, so only its status is told. */
	private void write(String method, String url, String json) {
		HttpResponse<String> response = send(request(url).header("Content-Type", "application/json")
			.method(method, HttpRequest.BodyPublishers.ofString(json))
			.build(), WRITE_TIMEOUT);
		int status = response.statusCode();
		if (status >= 300) {
			String check = switch (status) {
				case BAD_REQUEST -> ", and whether it reaches the database with the host, the user and the password of "
						+ "the configuration.";
				case CONFLICT -> ", and whether the connector was created meanwhile.";
				default -> ".";
			};
			throw new NotReadyException("Kafka Connect does not accept the configuration of connector '"
					+ this.connect.connector() + "': " + method + " " + url + " was answered with status " + status
					+ ". The engine tries again. Check the log of the worker" + check);
		}
	}

	private HttpRequest.Builder request(String url) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("Accept", "application/json");
		EngineSettings.Kafka.Connect.Login login = this.connect.login();
		if (login != null) {
			request.header("Authorization", "Basic " + Base64.getEncoder()
				.encodeToString((login.username() + ":" + login.password()).getBytes(StandardCharsets.UTF_8)));
		}
		return request;
	}

	private HttpResponse<String> get(String url) {
		return send(request(url).build(), TIMEOUT);
	}

	/** A redirection would send the login to another host. */
	private HttpResponse<String> send(HttpRequest request, Duration timeout) {
		String url = request.uri().toString();
		HttpClient client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects((this.connect.login() != null) ? HttpClient.Redirect.NEVER : HttpClient.Redirect.NORMAL)
			.build();
		CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request,
				HttpResponse.BodyHandlers.ofString());
		try {
			// The client's own timeout does not include the body
			return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw silent(url, "cannot be reached");
		}
		catch (TimeoutException ex) {
			throw silent(url, "did not answer within " + timeout.toSeconds() + " s");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw silent(url, "was not awaited, because the application stops");
		}
		finally {
			answer.cancel(true);
		}
	}

	private String status(HttpResponse<?> response) {
		return "answered with status " + response.statusCode()
				+ ((response.statusCode() == UNAUTHORIZED)
						? ", so check " + this.settings.property("kafka.connect.username") + " and "
								+ this.settings.property("kafka.connect.password")
						: "");
	}

	private NotReadyException silent(String url, String why) {
		return new NotReadyException("Kafka Connect cannot be asked for the connector: " + url + " " + why
				+ ". The engine waits for an answer. Start Kafka Connect, or set '"
				+ this.settings.property("kafka.connect.manage") + "=none'.");
	}

	/**
	 * Parses the body of an answer.
	 */
	@FunctionalInterface
	private interface Body<T> {

		@Nullable T parse(String body) throws JsonProcessingException;

	}

}
