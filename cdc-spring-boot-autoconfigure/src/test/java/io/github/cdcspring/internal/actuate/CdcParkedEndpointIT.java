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
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The endpoint over HTTP, as it is documented.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class CdcParkedEndpointIT {

	private static final String[] PARK = { "spring.main.web-application-type=servlet", "server.port=0",
			"management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always",
			"cdc.listener.on-failure=park", "cdc.listener.retry.max-attempts=1",
			"logging.level.io.github.cdcspring=INFO" };

	private final HttpClient client = HttpClient.newHttpClient();

	private final JsonMapper json = JsonMapper.builder().build();

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, text text)");
	}

	@Test
	void listsWithoutDataAndIsReadOnlyByDefault(TestDatabase database) throws Exception {
		try (TestApplication application = TestApplication.run(database, Notes.class, PARK)) {
			parkTwo(database, application);
			String list = get(application, "cdcparked/default");
			assertThat(list).doesNotContain("secret", "1234567890");
			JsonNode events = this.json.readTree(list).path("events");
			assertThat(this.json.readTree(list).path("count").asInt()).isEqualTo(2);
			JsonNode first = events.path(0);
			assertThat(first.path("table").asString()).isEqualTo("public.notes");
			assertThat(first.path("operation").asString()).isEqualTo("CREATE");
			assertThat(first.path("keyHash").asString()).matches("[0-9a-f]{16}");
			assertThat(first.path("lsn").asString()).matches("[0-9A-F]+/[0-9A-F]+");
			assertThat(first.path("failure").asString()).isEqualTo("java.lang.IllegalStateException");
			assertThat(first.path("failedListener").asString()).isEqualTo("notes");
			assertThat(first.path("attempts").asInt()).isEqualTo(1);
			assertThat(events.path(1).path("attempts").asInt()).isZero();
			assertThat(get(application, "cdcparked/default?after=1&limit=1")).contains("\"id\":2")
				.doesNotContain("\"id\":1,");
			assertThat(get(application, "cdcparked/default?keyHash=none")).contains("\"events\":[]");
			assertThat(get(application, "health")).contains("\"parkedKeys\":1");
			assertThat(application.bean(MeterRegistry.class).get("cdc.parked.keys").gauge().value()).isEqualTo(1);
			assertThat(send(application, "cdcparked/other", "GET", null).statusCode()).isEqualTo(404);
			assertThat(send(application, "cdcparked/default", "POST", "{\"id\":1}").statusCode()).isEqualTo(405);
			assertThat(send(application, "cdcparked/default?id=1", "DELETE", null).statusCode()).isEqualTo(405);
		}
	}

	@Test
	void replaysAndDiscardsWithUnrestrictedAccess(TestDatabase database, CapturedOutput output) throws Exception {
		try (TestApplication application = TestApplication.run(database, Notes.class,
				StringUtils.addStringToArray(PARK, "management.endpoint.cdcparked.access=unrestricted"))) {
			String key = parkTwo(database, application);
			Notes notes = application.bean(Notes.class);
			HttpResponse<String> behind = send(application, "cdcparked/default", "POST", "{\"id\":2}");
			assertThat(behind.statusCode()).isEqualTo(409);
			assertThat(behind.body()).contains("Parked event 2 is parked behind event 1 of its key " + key);
			assertThat(send(application, "cdcparked/default", "POST", "{}").statusCode()).isEqualTo(400);
			assertThat(send(application, "cdcparked/other", "POST", "{\"id\":2}").statusCode()).isEqualTo(404);
			JsonNode failed = this.json.readTree(send(application, "cdcparked/default", "POST", "{\"id\":1}").body());
			assertThat(failed.path("delivered").asInt(-1)).isZero();
			assertThat(failed.path("failure").asString()).isEqualTo("java.lang.IllegalStateException in 'notes'");
			notes.cured = true;
			assertThat(send(application, "cdcparked/default", "POST", "{\"keyHash\":\"" + key + "\"}").body())
				.contains("\"delivered\":2,");
			assertThat(notes.seen).containsExactly("secret", "secret too");
			assertThat(output).contains("Operation 'replay' on parked key " + key
					+ " of engine 'default', requested by an anonymous user: 2 delivered");
			notes.cured = false;
			database.execute("INSERT INTO notes VALUES (1, 'a')", "INSERT INTO notes VALUES (2, 'b')");
			await().until(() -> get(application, "cdcparked").equals("{\"default\":2}"));
			assertThat(send(application, "cdcparked/default?id=3", "DELETE", null).body()).contains("\"discarded\":1,");
			assertThat(send(application, "cdcparked/default?keyHash=" + key, "DELETE", null).body())
				.contains("has no parked events of that key");
			assertThat(get(application, "cdcparked")).isEqualTo("{\"default\":1}");
			assertThat(output).doesNotContain("secret").doesNotContain("1234567890");
		}
	}

	private String parkTwo(TestDatabase database, TestApplication application) throws Exception {
		database.execute("INSERT INTO notes VALUES (1234567890, 'secret')", "UPDATE notes SET text = 'secret too'");
		await().until(() -> get(application, "cdcparked").equals("{\"default\":2}"));
		return this.json.readTree(get(application, "cdcparked/default"))
			.path("events")
			.path(0)
			.path("keyHash")
			.asString();
	}

	private String get(TestApplication application, String path) throws IOException, InterruptedException {
		return send(application, path, "GET", null).body();
	}

	private HttpResponse<String> send(TestApplication application, String path, String method, @Nullable String body)
			throws IOException, InterruptedException {
		String port = application.bean(Environment.class).getProperty("local.server.port");
		return this.client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/" + path))
			.header("Content-Type", "application/json")
			.method(method,
					(body != null) ? HttpRequest.BodyPublishers.ofString(body) : HttpRequest.BodyPublishers.noBody())
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	record Note(int id, String text) {
	}

	static class Notes {

		final List<String> seen = new CopyOnWriteArrayList<>();

		volatile boolean cured;

		@CdcListener(tables = "notes", id = "notes")
		void on(Note note) {
			if (!this.cured) {
				throw new IllegalStateException(note.text());
			}
			this.seen.add(note.text());
		}

	}

}
