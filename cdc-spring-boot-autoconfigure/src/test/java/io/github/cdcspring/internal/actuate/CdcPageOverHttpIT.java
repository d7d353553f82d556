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
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page over both of Spring's web stacks, with path, exposure and access of its
 * endpoint.
 */
@PostgresTest
class CdcPageOverHttpIT {

	/** Accept header of Chromium and Firefox for a page. */
	private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,"
			+ "image/webp,*/*;q=0.8";

	private final HttpClient client = HttpClient.newHttpClient();

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void browsersGetThePageAndOtherClientsJson(String web, TestDatabase database) {
		try (TestApplication application = start(database, web, "management.endpoints.web.exposure.include=cdc")) {
			String url = base(application, "local.server.port") + "/actuator/cdc";
			HttpResponse<String> page = get(url, BROWSER);
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
			assertThat(page.body()).contains("<!DOCTYPE html>", "Content-Security-Policy").doesNotContain("{files}");
			assertThat(page.body()).contains("data-operations=\"false\"", "data-parked=\"\"");
			assertThat(files(url, page.body())).isEqualTo(4);
			assertThat(get(url + "/page/csrf", "application/json").body()).isEqualTo("{}");
			for (String accept : new String[] { "*/*", "application/json",
					"application/vnd.spring-boot.actuator.v3+json", "application/json, text/plain, */*",
					"application/*" }) {
				HttpResponse<String> json = get(url, accept);
				assertThat(json.headers().firstValue("Content-Type").orElse("")).as(accept).contains("json");
				assertThat(json.body()).startsWith("{\"engines\":{\"default\":{\"state\":");
			}
			assertThat(get(url + "/default", BROWSER).body()).startsWith("{\"state\":");
			assertThat(get(url, "image/png").statusCode()).isEqualTo(406);
			assertThat(get(url + "/page/page.html", "*/*").statusCode()).isEqualTo(404);
			assertThat(get(url + "/page/..%2F..%2Fapplication.yml", "*/*").statusCode()).isBetween(400, 404);
			assertThat(get(url + "/default/page.js", "*/*").statusCode()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void pageFollowsThePathOfTheEndpoint(String web, TestDatabase database) {
		try (TestApplication application = start(database, web,
				"management.endpoints.web.exposure.include=cdc,cdcparked",
				"management.endpoint.cdcparked.access=unrestricted", "management.server.port=0",
				"management.server.base-path=/operations", "management.endpoints.web.base-path=/manage",
				"management.endpoints.web.path-mapping.cdc=streams/positions")) {
			String url = base(application, "local.management.port") + "/operations/manage/streams/positions";
			String page = get(url, BROWSER).body();
			assertThat(files(url, page)).isEqualTo(4);
			assertThat(page).contains("data-operations=\"false\"", "data-parked=\"../cdcparked\"",
					"data-parked-operations=\"true\"");
			assertThat(get(base(application, "local.server.port") + "/actuator/cdc", BROWSER).statusCode())
				.isEqualTo(404);
		}
	}

	@Test
	void pageIsHiddenWithTheEndpoint(TestDatabase database) {
		try (TestApplication application = start(database, "servlet")) {
			String url = base(application, "local.server.port") + "/actuator/cdc";
			assertThat(get(url, BROWSER).statusCode()).isEqualTo(404);
			assertThat(get(url + "/page/page.js", "*/*").statusCode()).isEqualTo(404);
		}
		try (TestApplication application = start(database, "servlet", "management.endpoints.web.exposure.include=*",
				"management.endpoint.cdc.access=none")) {
			String url = base(application, "local.server.port") + "/actuator/cdc";
			assertThat(get(url, BROWSER).statusCode()).isEqualTo(404);
			assertThat(get(url + "/page/page.js", "*/*").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void pageWorksWithUnrestrictedAccess(TestDatabase database) {
		try (TestApplication application = start(database, "servlet", "management.endpoints.web.exposure.include=cdc",
				"management.endpoint.cdc.access=unrestricted")) {
			String url = base(application, "local.server.port") + "/actuator/cdc";
			assertThat(files(url, get(url, BROWSER).body())).isEqualTo(4);
			HttpRequest pause = HttpRequest.newBuilder(URI.create(url + "/default/pause"))
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString("{}"))
				.build();
			assertThat(send(pause).statusCode()).isEqualTo(200);
			assertThat(get(url, "*/*").body()).contains("\"state\":\"PAUSED\"");
		}
	}

	/**
	 * Get the files of the page like a browser, and the modules that they import.
	 * @return the number of files that the page itself refers to
	 */
	private long files(String url, String html) {
		URI page = URI.create(url);
		Matcher address = Pattern.compile("(?:href|src)=\"([^\"]+)\"").matcher(html);
		return address.results().peek((result) -> {
			HttpResponse<String> file = get(page.resolve(result.group(1)).toString(), "*/*");
			assertThat(file.statusCode()).as(result.group(1)).isEqualTo(200);
			String type = result.group(1).endsWith("js") ? "text/javascript;charset=UTF-8"
					: result.group(1).endsWith("css") ? "text/css;charset=UTF-8" : "image/svg+xml";
			assertThat(file.headers().firstValue("Content-Type")).hasValue(type);
			Matcher imported = Pattern.compile("from '([^']+)'").matcher(file.body());
			imported.results()
				.forEach((module) -> assertThat(get(file.uri().resolve(module.group(1)).toString(), "*/*").statusCode())
					.as(module.group(1))
					.isEqualTo(200));
		}).count();
	}

	private static TestApplication start(TestDatabase database, String web, String... properties) {
		String[] all = new String[properties.length + 2];
		System.arraycopy(properties, 0, all, 2, properties.length);
		all[0] = "spring.main.web-application-type=" + web;
		all[1] = "server.port=0";
		TestApplication application = TestApplication.start(database, Numbers.class, all);
		await().until(() -> application.engine().status().state() == EngineState.RUNNING);
		return application;
	}

	private static String base(TestApplication application, String port) {
		return "http://localhost:" + application.bean(Environment.class).getProperty(port);
	}

	private HttpResponse<String> get(String url, String accept) {
		return send(HttpRequest.newBuilder(URI.create(url)).header("Accept", accept).build());
	}

	private HttpResponse<String> send(HttpRequest request) {
		try {
			return this.client.send(request, BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	record Number(int id) {
	}

	static class Numbers {

		@CdcListener("numbers")
		void on(Number number) {
		}

	}

}
