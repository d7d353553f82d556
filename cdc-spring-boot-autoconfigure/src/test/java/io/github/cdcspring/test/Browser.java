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

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

/**
 * A headless Chromium, controlled with the DevTools protocol over the JDK's WebSocket.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/">Chrome DevTools
 * Protocol</a>
 */
public final class Browser implements AutoCloseable {

	private static final List<String> PROGRAMS = List.of("chromium", "chromium-browser", "google-chrome");

	private static final String LISTENING = "DevTools listening on ";

	private final Process process;

	private final Path profile;

	private final DevTools devTools;

	private Browser(Process process, Path profile, DevTools devTools) {
		this.process = process;
		this.profile = profile;
		this.devTools = devTools;
	}

	/**
	 * Return the browser of this machine, if there is one.
	 */
	static Optional<Path> program() {
		return PROGRAMS.stream().flatMap(Browser::onPath).filter(Files::isExecutable).findFirst();
	}

	private static Stream<Path> onPath(String program) {
		return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, program));
	}

	static Browser start() {
		Path program = program().orElseThrow(() -> new IllegalStateException("There is none of " + PROGRAMS));
		try {
			Path profile = Files.createTempDirectory("browser");
			// in a container the browser cannot create the namespaces of its sandbox
			Process process = new ProcessBuilder(program.toString(), "--headless=new", "--no-sandbox", "--disable-gpu",
					"--no-first-run", "--disable-extensions", "--disable-background-networking",
					"--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0",
					"--user-data-dir=" + profile, "about:blank")
				.redirectErrorStream(true)
				.start();
			return new Browser(process, profile, new DevTools(HttpClient.newHttpClient(), address(process)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static URI address(Process process) throws IOException {
		BufferedReader output = process.inputReader();
		List<String> lines = new ArrayList<>();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			lines.add(line);
			if (line.startsWith(LISTENING)) {
				drain(output);
				return URI.create(line.substring(LISTENING.length()).strip());
			}
		}
		throw new IOException("The browser ended: " + lines);
	}

	/**
	 * Discard further output, which would otherwise fill the pipe.
	 */
	private static void drain(BufferedReader output) {
		Thread reader = new Thread(() -> output.lines().forEach((line) -> {
		}), "browser");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Open an empty tab.
	 */
	public BrowserTab open(int width, int height) {
		return new BrowserTab(this.devTools, width, height);
	}

	@Override
	public void close() {
		try {
			this.devTools.send(null, "Browser.close", Map.of());
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
			FileSystemUtils.deleteRecursively(this.profile);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
