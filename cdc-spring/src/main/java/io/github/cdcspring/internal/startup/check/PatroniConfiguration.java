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

package io.github.cdcspring.internal.startup.check;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdcspring.internal.support.NotReadyException;
import org.jspecify.annotations.Nullable;

/**
 * The configuration that all nodes of a Patroni cluster share.
 *
 * @see <a href= "https://patroni.readthedocs.io/en/latest/rest_api.html">Patroni: REST
 * API, GET /config</a>
 */
final class PatroniConfiguration {

	/** For the whole request, because a start or reconnect waits for it. */
	private static final Duration TIMEOUT = Duration.ofSeconds(3);

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final int SERVER_ERROR = 500;

	private final List<URI> apis;

	PatroniConfiguration(List<URI> apis) {
		this.apis = apis;
	}

	/**
	 * Read the configuration from the first node that has it.
	 * @throws UnreadableException if a node answers, but is not Patroni
	 * @throws NotReadyException if no node answers
	 */
	Map<String, Object> read() throws UnreadableException {
		List<String> silent = new ArrayList<>();
		UnreadableException wrong = null;
		for (URI api : this.apis) {
			URI url = URI.create(api.toString().replaceAll("/+$", "") + "/config");
			try {
				return read(url);
			}
			catch (SilentException ex) {
				silent.add(url + " " + ex.getMessage());
			}
			catch (UnreadableException ex) {
				wrong = ex;
			}
		}
		if (wrong != null) {
			throw wrong;
		}
		throw new NotReadyException("Patroni cannot be asked whether the replication slot is permanent: "
				+ String.join(", ", silent) + ". The engine waits for an answer. Start Patroni.");
	}

	private static Map<String, Object> read(URI url) throws UnreadableException, SilentException {
		HttpResponse<String> response = get(url);
		if (response.statusCode() >= SERVER_ERROR) {
			throw new SilentException("answered with status " + response.statusCode());
		}
		if (response.statusCode() != 200) {
			throw new UnreadableException(url + " answered with status " + response.statusCode());
		}
		Map<String, Object> configuration = parse(response.body());
		if (configuration == null) {
			throw new UnreadableException(url + " did not answer with a JSON object");
		}
		return configuration;
	}

	private static @Nullable Map<String, Object> parse(String json) {
		try {
			return JSON.readValue(json, new TypeReference<>() {
			});
		}
		catch (JsonProcessingException ex) {
			return null;
		}
	}

	private static HttpResponse<String> get(URI url) throws SilentException {
		HttpClient client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.build();
		CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
				HttpRequest.newBuilder(url).header("Accept", "application/json").build(),
				HttpResponse.BodyHandlers.ofString());
		try {
			// The client's own timeout does not include the body
			return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw new SilentException(
					"cannot be reached (" + reason((ex.getCause() != null) ? ex.getCause() : ex) + ")");
		}
		catch (TimeoutException ex) {
			throw new SilentException("did not answer within " + TIMEOUT.toSeconds() + " s");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new SilentException("was not awaited, because the application stops");
		}
		finally {
			answer.cancel(true);
		}
	}

	private static String reason(Throwable cause) {
		String message = cause.getMessage();
		return (message != null) ? message : cause.getClass().getSimpleName();
	}

	/** No answer now; the message completes a sentence. */
	private static final class SilentException extends Exception {

		private SilentException(String message) {
			super(message);
		}

	}

	/**
	 * What answers is not Patroni; the message names the URL.
	 */
	static final class UnreadableException extends Exception {

		UnreadableException(String message) {
			super(message);
		}

	}

}
