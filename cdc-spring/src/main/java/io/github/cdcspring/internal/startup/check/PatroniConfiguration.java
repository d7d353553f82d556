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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

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

	/** For all answers, because a start or reconnect waits for them. */
	private static final Duration TIMEOUT = Duration.ofSeconds(3);

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final int SERVER_ERROR = 500;

	private final List<URI> apis;

	PatroniConfiguration(List<URI> apis) {
		this.apis = apis;
	}

	/**
	 * Ask all nodes at the same time, because the former primary may be unreachable, and
	 * take the first configuration.
	 * @throws UnreadableException if a node answers, but is not Patroni
	 * @throws NotReadyException if no node answers
	 */
	Map<String, Object> read() throws UnreadableException {
		List<Answer> answers = new ArrayList<>();
		BlockingQueue<Answer> arrived = new LinkedBlockingQueue<>();
		HttpClient client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.build();
		for (URI api : this.apis) {
			Answer answer = Answer.ask(client, URI.create(api.toString().replaceAll("/+$", "") + "/config"));
			answers.add(answer);
			answer.response().whenComplete((response, failure) -> arrived.add(answer));
		}
		try {
			return first(answers, arrived);
		}
		finally {
			answers.forEach((answer) -> answer.response().cancel(true));
		}
	}

	private static Map<String, Object> first(List<Answer> answers, BlockingQueue<Answer> arrived)
			throws UnreadableException {
		UnreadableException wrong = null;
		Map<URI, String> silent = new LinkedHashMap<>();
		answers.forEach((answer) -> silent.put(answer.url(), "did not answer within " + TIMEOUT.toSeconds() + " s"));
		long end = System.nanoTime() + TIMEOUT.toNanos();
		for (int i = 0; i < answers.size(); i++) {
			Answer answer = next(arrived, end);
			if (answer == null) {
				break;
			}
			try {
				return answer.configuration();
			}
			catch (SilentException ex) {
				silent.put(answer.url(), ex.getMessage());
			}
			catch (UnreadableException ex) {
				wrong = ex;
			}
		}
		if (wrong != null) {
			throw wrong;
		}
		throw new NotReadyException(
				"Patroni cannot be asked whether the replication slot is permanent: " + silent.entrySet()
					.stream()
					.map((node) -> node.getKey() + " " + node.getValue())
					.collect(Collectors.joining(", ")) + ". The engine waits for an answer. Start Patroni.");
	}

	private static @Nullable Answer next(BlockingQueue<Answer> arrived, long end) {
		try {
			return arrived.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	/**
	 * The answer of a node.
	 *
	 * @param url what was asked for
	 * @param response the response, with its body
	 */
	private record Answer(URI url, CompletableFuture<HttpResponse<String>> response) {

		static Answer ask(HttpClient client, URI url) {
			return new Answer(url,
					client.sendAsync(HttpRequest.newBuilder(url).header("Accept", "application/json").build(),
							HttpResponse.BodyHandlers.ofString()));
		}

		/** The configuration, once the response has arrived. */
		Map<String, Object> configuration() throws UnreadableException, SilentException {
			HttpResponse<String> response;
			try {
				response = this.response.join();
			}
			catch (CompletionException ex) {
				throw new SilentException(
						"cannot be reached (" + reason((ex.getCause() != null) ? ex.getCause() : ex) + ")");
			}
			if (response.statusCode() >= SERVER_ERROR) {
				throw new SilentException("answered with status " + response.statusCode());
			}
			if (response.statusCode() != 200) {
				throw new UnreadableException(this.url + " answered with status " + response.statusCode());
			}
			try {
				Map<String, Object> configuration = JSON.readValue(response.body(), new TypeReference<>() {
				});
				if (configuration != null) {
					return configuration;
				}
			}
			catch (JsonProcessingException ex) {
				// No JSON object either
			}
			throw new UnreadableException(this.url + " did not answer with a JSON object");
		}

		private static String reason(Throwable cause) {
			String message = cause.getMessage();
			return (message != null) ? message : cause.getClass().getSimpleName();
		}

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
