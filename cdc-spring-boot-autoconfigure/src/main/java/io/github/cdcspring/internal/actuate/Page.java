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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeType;

/**
 * The page that draws what the endpoint returns, and its files. Scripts and styles are
 * separate files because a strict content security policy allows none in the page. Their
 * addresses are relative, so that the page works behind any base path and any proxy.
 */
final class Page {

	private static final String SCRIPT = "text/javascript;charset=UTF-8";

	private static final Map<String, String> FILES = Map.of("page.js", SCRIPT, "dom.js", SCRIPT, "plot.js", SCRIPT,
			"wal.js", SCRIPT, "words.js", SCRIPT, "operations.js", SCRIPT, "parked.js", SCRIPT, "page.css",
			"text/css;charset=UTF-8", "icon.svg", "image/svg+xml");

	private final String html;

	/**
	 * Create the page.
	 * @param directory the directory of its files, relative to the page
	 */
	Page(String directory) {
		this.html = read("page.html").replace("{files}", directory);
	}

	String html(PageControls controls) {
		return this.html.replace("{operations}", String.valueOf(controls.operations()))
			.replace("{parked}", (controls.parked() != null) ? controls.parked() : "")
			.replace("{parked-operations}", String.valueOf(controls.parkedOperations()));
	}

	static WebEndpointResponse<Object> file(String name) {
		String type = FILES.get(name);
		return (type != null) ? new WebEndpointResponse<>(read(name), MimeType.valueOf(type))
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private static String read(String name) {
		try (InputStream file = Page.class.getResourceAsStream("page/" + name)) {
			if (file == null) {
				throw new IllegalStateException("The page's file " + name + " is missing in the jar");
			}
			return new String(file.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
