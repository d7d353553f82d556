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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A tab of a browser. It records requests and complaints: errors and warnings of the
 * console, exceptions, and violations of the content security policy.
 */
public final class BrowserTab implements AutoCloseable {

	private final DevTools devTools;

	private final String target;

	private final String session;

	private final List<String> complaints = new CopyOnWriteArrayList<>();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private int width;

	BrowserTab(DevTools devTools, int width, int height) {
		this.devTools = devTools;
		this.target = devTools.send(null, "Target.createTarget", Map.of("url", "about:blank"))
			.get("targetId")
			.asString();
		this.session = devTools.send(null, "Target.attachToTarget", Map.of("targetId", this.target, "flatten", true))
			.get("sessionId")
			.asString();
		devTools.listen(this::note);
		List.of("Page", "Runtime", "Log", "Network").forEach((domain) -> send(domain + ".enable", Map.of()));
		resize(width, height);
	}

	private void note(JsonNode message) {
		if (!this.session.equals(message.path("sessionId").asString())) {
			return;
		}
		JsonNode parameters = message.get("params");
		switch (message.get("method").asString()) {
			case "Network.requestWillBeSent" -> this.requests.add(parameters.at("/request/url").asString());
			case "Runtime.exceptionThrown" -> this.complaints.add(parameters.get("exceptionDetails").toString());
			case "Log.entryAdded" -> this.complaints.add(parameters.get("entry").toString());
			case "Runtime.consoleAPICalled" -> this.complaints.add(parameters.toString());
			default -> {
			}
		}
	}

	public void resize(int width, int height) {
		this.width = width;
		send("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
	}

	/**
	 * Set a media feature, such as {@code prefers-color-scheme}.
	 */
	public void prefer(String feature, String value) {
		send("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
	}

	public void go(String url) {
		send("Page.navigate", Map.of("url", url));
	}

	/**
	 * Evaluate an expression in the page and return the result as text.
	 */
	public @Nullable String evaluate(String expression) {
		JsonNode answer = send("Runtime.evaluate",
				Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
		if (answer.has("exceptionDetails")) {
			throw new IllegalStateException(answer.get("exceptionDetails").toString());
		}
		JsonNode value = answer.at("/result/value");
		return (value.isMissingNode() || value.isNull()) ? null : value.asString();
	}

	/**
	 * Return the text of the first element of a selector, {@code null} if there is none.
	 */
	public @Nullable String text(String selector) {
		// SVG elements have no innerText
		return evaluate("((found) => found && (found.innerText ?? found.textContent))(document.querySelector(`%s`))"
			.formatted(selector));
	}

	/**
	 * Click on the first element of a selector.
	 */
	public void click(String selector) {
		JsonNode answer = send("Runtime.evaluate",
				Map.of("expression", "document.querySelector(`%s`).click()".formatted(selector), "userGesture", true));
		if (answer.has("exceptionDetails")) {
			throw new IllegalStateException(answer.get("exceptionDetails").toString());
		}
	}

	/**
	 * Press a key, given by its {@code KeyboardEvent.key}.
	 */
	public void press(String key) {
		Map<String, Integer> codes = Map.of("Tab", 9, "Enter", 13, " ", 32, "Escape", 27, "ArrowLeft", 37, "ArrowRight",
				39);
		Map<String, Object> event = Map.of("key", key, "code", key, "windowsVirtualKeyCode", codes.get(key), "text",
				"Enter".equals(key) ? "\r" : "");
		for (String type : List.of("keyDown", "keyUp")) {
			Map<String, Object> typed = new HashMap<>(event);
			typed.put("type", type);
			send("Input.dispatchKeyEvent", typed);
		}
	}

	/**
	 * Save a screenshot of the whole page as a PNG file.
	 */
	public void screenshot(Path file) {
		int height = (int) Double.parseDouble(String.valueOf(evaluate("document.documentElement.scrollHeight")));
		screenshot(file, height);
	}

	/**
	 * Save a screenshot of the upper part of the page as a PNG file.
	 */
	public void screenshot(Path file, int height) {
		resize(this.width, height);
		JsonNode image = send("Page.captureScreenshot", Map.of("format", "png"));
		try {
			Files.createDirectories(file.toAbsolutePath().getParent());
			Files.write(file, Base64.getDecoder().decode(image.get("data").asString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public List<String> complaints() {
		return List.copyOf(this.complaints);
	}

	public List<String> requests() {
		return List.copyOf(this.requests);
	}

	private JsonNode send(String method, Map<String, ?> parameters) {
		return this.devTools.send(this.session, method, parameters);
	}

	@Override
	public void close() {
		this.devTools.send(null, "Target.closeTarget", Map.of("targetId", this.target));
	}

}
