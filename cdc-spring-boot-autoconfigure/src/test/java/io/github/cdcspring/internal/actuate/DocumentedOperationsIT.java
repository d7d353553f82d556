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
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.stream.Stream;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The commands of the documentation that call operations, over both of Spring's web
 * stacks and with a port and paths of the actuator's own.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class DocumentedOperationsIT {

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void eachDocumentedCommandIsUnderstood(String web, TestDatabase database, CapturedOutput output)
			throws IOException, InterruptedException {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.start(database, Numbers.class,
				"spring.main.web-application-type=" + web, "server.port=0", "management.server.port=0",
				"management.server.base-path=/operations", "management.endpoints.web.base-path=/manage",
				"management.endpoints.web.exposure.include=cdc,cdcparked",
				"management.endpoint.cdc.access=unrestricted", "management.endpoint.cdcparked.access=unrestricted",
				"cdc.listener.on-failure=park", "logging.level.io.github.cdcspring=INFO")) {
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			String actuator = "http://localhost:"
					+ application.bean(Environment.class).getProperty("local.management.port") + "/operations/manage";
			HttpClient client = HttpClient.newHttpClient();
			for (CurlCommand command : CurlCommand.documented()) {
				HttpResponse<String> response = client.send(command.request(actuator), BodyHandlers.ofString());
				assertThat(response.statusCode()).as(command + ": " + response.body()).isIn(200, 409);
			}
			assertThat(output).contains("Operation 'pause' on engine 'default', requested by an anonymous user: Paused",
					"Operation 'resume' on engine 'default', requested by an anonymous user: Resumed",
					"Operation 'restart' on engine 'default', requested by an anonymous user: Restarted");
		}
	}

	@Test
	void eachOperationHasACommand() {
		Stream<String> operations = Arrays.stream(EngineOperation.values())
			.map((operation) -> "POST cdc/default/" + operation.path());
		assertThat(CurlCommand.documented()).extracting(CurlCommand::toString)
			.containsAll(operations.toList())
			.contains("POST cdcparked/default", "DELETE cdcparked/default?id=17");
	}

	@Test
	void onlyCommandsWithABodyHaveAContentType() {
		assertThat(CurlCommand.documented())
			.allSatisfy((command) -> assertThat(command.headers().contains("Content-Type")).as(command.toString())
				.isEqualTo(command.body() != null));
	}

}
