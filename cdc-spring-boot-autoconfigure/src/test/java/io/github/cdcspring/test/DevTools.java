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

package io.github.cdcspring.test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Connection to a browser: commands with their responses, and events.
 */
final class DevTools {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final AtomicInteger ids = new AtomicInteger();

	private final Map<Integer, CompletableFuture<JsonNode>> awaited = new ConcurrentHashMap<>();

	private final List<Consumer<JsonNode>> listeners = new CopyOnWriteArrayList<>();

	private final WebSocket socket;

	DevTools(HttpClient http, URI address) {
		this.socket = http.newWebSocketBuilder().buildAsync(address, new Receiver()).join();
	}

	void listen(Consumer<JsonNode> listener) {
		this.listeners.add(listener);
	}

	/**
	 * Send a command and wait for its response.
	 * @param session the tab, {@code null} for the browser itself
	 */
	JsonNode send(@Nullable String session, String method, Map<String, ?> parameters) {
		int id = this.ids.incrementAndGet();
		CompletableFuture<JsonNode> answer = new CompletableFuture<>();
		this.awaited.put(id, answer);
		Map<String, Object> command = new LinkedHashMap<>(Map.of("id", id, "method", method, "params", parameters));
		if (session != null) {
			command.put("sessionId", session);
		}
		this.socket.sendText(JSON.writeValueAsString(command), true).join();
		JsonNode message = answer.orTimeout(30, TimeUnit.SECONDS).join();
		if (message.has("error")) {
			throw new IllegalStateException(method + ": " + message.get("error"));
		}
		return message.get("result");
	}

	private void received(JsonNode message) {
		CompletableFuture<JsonNode> answer = message.has("id") ? this.awaited.remove(message.get("id").asInt()) : null;
		if (answer != null) {
			answer.complete(message);
		}
		else {
			this.listeners.forEach((listener) -> listener.accept(message));
		}
	}

	private final class Receiver implements WebSocket.Listener {

		private final StringBuilder parts = new StringBuilder();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			this.parts.append(data);
			if (last) {
				String text = this.parts.toString();
				this.parts.setLength(0);
				received(JSON.readTree(text));
			}
			webSocket.request(1);
			return null;
		}

	}

}
