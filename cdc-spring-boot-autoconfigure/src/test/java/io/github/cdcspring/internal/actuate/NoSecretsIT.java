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

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Searches everything that an application shows for marks that were planted in passwords
 * and rows.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class NoSecretsIT {

	private static final String MARK = "planted";

	private static final String PASSWORD = MARK + "-password";

	private static final String ROW = MARK + "-row";

	/** Endpoints of others that show memory or the log of the application. */
	private static final List<String> OTHERS = List.of("heapdump", "threaddump", "logfile", "shutdown");

	@Test
	void noPasswordAndNoRowIsShownAnywhere(TestDatabase database, CapturedOutput output) throws Exception {
		database.grantOwnership();
		String role = "role_" + database.name();
		database.execute(
				"CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '" + PASSWORD + "' IN ROLE "
						+ database.applicationRole(),
				"CREATE TABLE notes (id int PRIMARY KEY, note text)", "ALTER TABLE notes REPLICA IDENTITY FULL",
				"INSERT INTO notes VALUES (1, '" + ROW + "')");
		List<String> shown = new ArrayList<>();
		try (TestApplication application = TestApplication.run(database, Notes.class,
				StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED,
						new String[] { "spring.datasource.username=" + role, "spring.datasource.password=" + PASSWORD,
								"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=*",
								"logging.level.root=INFO", "cdc.logging.debezium=true",
								"management.endpoint.cdc.access=unrestricted", "cdc.listener.retry.max-attempts=2",
								"cdc.listener.retry.initial-interval=1ms", "cdc.listener.restart.max-attempts=0" }))) {
			ActuatorClient actuator = new ActuatorClient(application);
			Notes notes = application.bean(Notes.class);
			await().until(() -> notes.seen.contains(ROW));
			shown.addAll(everything(actuator));
			shown.add(actuator.post("cdc/default/backfill", "{\"tables\":\"notes\"}").body());
			await().until(() -> notes.seen.size() >= 2);
			database.execute("UPDATE notes SET note = note || '-number'");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(application.engine().status().failure()).contains("public.notes");
			shown.addAll(everything(actuator));
			shown.add(actuator.post("cdc/default/restart", "{}").body());
		}
		assertThat(shown).hasSizeGreaterThan(30).noneMatch((text) -> text.contains(MARK));
		assertThat(output.toString()).contains("Engine 'default'").doesNotContain(MARK);
	}

	@Test
	void noPasswordIsInTheFailureToConnect(TestDatabase database, CapturedOutput output) {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, note text)");
		assertThatThrownBy(
				() -> TestApplication.start(database, Notes.class, "logging.level.root=INFO", "cdc.connection.url="
						+ database.jdbcUrl() + "_missing?password=" + PASSWORD + "&user=" + database.user()))
			.satisfies((ex) -> {
				for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
					assertThat(String.valueOf(cause.getMessage())).doesNotContain(MARK);
				}
			});
		assertThat(output.toString()).doesNotContain(MARK);
	}

	private static List<String> everything(ActuatorClient actuator) throws JMException {
		List<String> shown = new ArrayList<>();
		JsonNode links = actuator.get("");
		for (Map.Entry<String, JsonNode> link : links.path("_links").properties()) {
			if (!OTHERS.contains(link.getKey()) && !link.getValue().path("templated").asBoolean()) {
				shown.add(actuator.getText(link.getKey().equals("self") ? "" : link.getKey()));
			}
		}
		shown.add(actuator.getText("cdc/default"));
		shown.addAll(beans());
		return shown;
	}

	private static List<String> beans() throws JMException {
		MBeanServer server = ManagementFactory.getPlatformMBeanServer();
		List<String> shown = new ArrayList<>();
		for (ObjectName name : server.queryNames(null, null)) {
			for (MBeanAttributeInfo attribute : attributes(server, name)) {
				try {
					shown.add(name + " " + attribute.getName() + " " + server.getAttribute(name, attribute.getName()));
				}
				catch (JMException | RuntimeException ex) {
					// some attributes cannot be read on this platform
				}
			}
		}
		ObjectName endpoint = new ObjectName("org.springframework.boot:type=Endpoint,name=Cdc");
		shown.add(String.valueOf(server.invoke(endpoint, "cdc", new Object[0], new String[0])));
		Object engine = server.invoke(endpoint, "engine", new Object[] { "default" },
				new String[] { String.class.getName() });
		assertThat(String.valueOf(engine)).contains("confirmedFlushLsn=", "onRestart=");
		shown.add(String.valueOf(engine));
		return shown;
	}

	private static MBeanAttributeInfo[] attributes(MBeanServer server, ObjectName name) throws JMException {
		try {
			return server.getMBeanInfo(name).getAttributes();
		}
		catch (InstanceNotFoundException ex) {
			// It was unregistered meanwhile
			return new MBeanAttributeInfo[0];
		}
	}

	static class Notes {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener("notes")
		void on(Note note) {
			this.seen.add(note.note());
			if (note.note().endsWith("number")) {
				throw new IllegalStateException("It fails here");
			}
		}

		record Note(int id, String note) {
		}

	}

}
