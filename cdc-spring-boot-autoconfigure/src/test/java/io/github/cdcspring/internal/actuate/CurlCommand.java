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
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A command of the documentation that calls an operation of an endpoint.
 *
 * @param method the HTTP method
 * @param path the path below {@code /actuator/}, with query
 * @param headers names and values of headers
 * @param body the body, {@code null} if the request has none
 */
record CurlCommand(String method, String path, List<String> headers, @Nullable String body) {

	private static final Path DOCUMENTATION = Path.of("..", "docs");

	private static final Pattern COMMAND = Pattern.compile("(?m)^curl (?:.*\\\\\n)*.*$");

	private static final String ACTUATOR = "localhost:8080/actuator/";

	/** The operations of all pages, in their order. */
	static List<CurlCommand> documented() {
		try (Stream<Path> pages = Files.list(DOCUMENTATION)) {
			return pages.filter((page) -> page.toString().endsWith(".md"))
				.sorted()
				.flatMap((page) -> COMMAND.matcher(read(page)).results())
				.map((command) -> command.group().replace("\\\n", " "))
				.filter((command) -> command.contains(ACTUATOR + "cdc"))
				.map(CurlCommand::parse)
				.filter((command) -> !command.method().equals("GET"))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path page) {
		try {
			return Files.readString(page);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static CurlCommand parse(String command) {
		String method = "GET";
		String path = "";
		String body = null;
		List<String> headers = new ArrayList<>();
		Iterator<String> words = words(command).iterator();
		while (words.hasNext()) {
			String word = words.next();
			switch (word) {
				case "-X" -> method = words.next();
				case "-H" -> headers.addAll(List.of(words.next().split(": ", 2)));
				case "-d" -> body = words.next();
				default -> path = word.startsWith(ACTUATOR) ? word.substring(ACTUATOR.length()) : path;
			}
		}
		return new CurlCommand(method, path, headers, body);
	}

	/** The words as a shell takes them apart. */
	private static List<String> words(String command) {
		List<String> words = new ArrayList<>();
		StringBuilder word = new StringBuilder();
		char quote = 0;
		for (char character : (command + " ").toCharArray()) {
			if (quote == 0 && character == ' ') {
				words.add(word.toString());
				word.setLength(0);
			}
			else if (quote == 0 && (character == '\'' || character == '"')) {
				quote = character;
			}
			else if (quote == character) {
				quote = 0;
			}
			else {
				word.append(character);
			}
		}
		return words;
	}

	/**
	 * The request that the command sends.
	 * @param actuator the address of the actuator
	 */
	HttpRequest request(String actuator) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(actuator + "/" + this.path))
			.method(this.method, (this.body != null) ? BodyPublishers.ofString(this.body) : BodyPublishers.noBody());
		if (!this.headers.isEmpty()) {
			request.headers(this.headers.toArray(String[]::new));
		}
		return request.build();
	}

	@Override
	public String toString() {
		return this.method + " " + this.path;
	}

}
