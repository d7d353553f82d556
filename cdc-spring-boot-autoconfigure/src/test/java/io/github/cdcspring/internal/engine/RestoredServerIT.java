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

package io.github.cdcspring.internal.engine;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.PromotedServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * A server that was restored from an image of its disk and then written past the stored
 * offset, which is kept elsewhere.
 */
@PostgresTest
class RestoredServerIT {

	private static final String NO_DATA = "cdc.snapshot.mode=no_data";

	private final PromotedServer server = new PromotedServer();

	private final TestDatabase database = this.server.database();

	private final String[] settings;

	RestoredServerIT(@TempDir Path directory) {
		this.settings = new String[] { NO_DATA, "cdc.offset.store=file",
				"cdc.offset.file.path=" + directory.resolve("offset"), "cdc.safety.accept=ephemeral-offset-file" };
	}

	@BeforeEach
	void createTable() {
		this.database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@AfterEach
	void close() throws Exception {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "no_validation", "trust_offset" })
	void refusesAnOffsetThatTheRestoredServerWrotePast(String strategy) throws Exception {
		receive(0);
		Path image = this.server.takeImage();
		receive(100);
		this.server.restore(image);
		writePastTheOffset();
		String[] all = Arrays.copyOf(this.settings, this.settings.length + 1);
		all[this.settings.length] = "cdc.offset-mismatch-strategy=" + strategy;
		assertThatThrownBy(() -> TestApplication.start(this.database, Numbers.class, all)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("history-mismatch: The stored offset ");
	}

	@Test
	void refusesAnOffsetThatHeartbeatsHaveMovedSince() throws Exception {
		receive(0);
		Path image = this.server.takeHotImage();
		try (TestApplication application = TestApplication.run(this.database, Numbers.class, this.settings)) {
			IntStream.range(100, 140).forEach(this::insert);
			await().until(() -> application.bean(Numbers.class).ids.contains(139));
			awaitOffsetAtEnd(application);
		}
		this.server.restore(image);
		writePastTheOffset();
		assertThatThrownBy(() -> TestApplication.start(this.database, Numbers.class, this.settings)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("history-mismatch: The stored offset ");
	}

	@Test
	void refusesARestoredServerAlsoWhenItHasWrittenPastTheOffset() throws Exception {
		receive(0);
		Path image = this.server.takeHotImage();
		try (TestApplication application = TestApplication.run(this.database, Numbers.class, this.settings)) {
			this.database.execute("CREATE TABLE other AS SELECT * FROM generate_series(1, 10000)");
			awaitOffsetAtEnd(application);
			this.server.restore(image);
			await().until(() -> state(application) == EngineState.REFUSED);
			writePastTheOffset();
			application.engine().restart();
			await().until(() -> state(application) == EngineState.REFUSED);
			this.server.restart();
			application.engine().restart();
			await().until(() -> state(application) == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("history-mismatch: The stored offset ");
		}
	}

	@Test
	void refusesAServerThatWasPromotedToAnotherTimelineOfTheSameNumber() throws Exception {
		receive(0);
		Path image = this.server.takeHotImage();
		this.server.promote();
		receive(100);
		this.server.restore(image);
		this.database.execute("CREATE TABLE other AS SELECT * FROM generate_series(1, 100)");
		this.server.promote();
		IntStream.range(300, 340).forEach(this::insert);
		writePastTheOffset();
		assertThat(this.server.timeline()).isEqualTo(2);
		assertThatThrownBy(() -> TestApplication.start(this.database, Numbers.class, this.settings)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("history-mismatch: The stored offset ");
	}

	@Test
	void refusesAServerThatLacksWhatThisProcessReceived() throws Exception {
		try (TestApplication application = TestApplication.run(this.database, Numbers.class, NO_DATA)) {
			Numbers numbers = application.bean(Numbers.class);
			insert(0);
			await().until(() -> numbers.ids.contains(0));
			Path image = this.server.takeImage();
			IntStream.range(100, 140).forEach(this::insert);
			await().until(() -> numbers.ids.contains(139));
			this.server.restore(image);
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("history-mismatch: The stored offset ");
		}
	}

	/**
	 * What an instance has processed before another one has recovered was given up, too.
	 */
	@Test
	void takesOverFromAnInstanceThatHasRecovered(TestDatabase elsewhere) throws Exception {
		String[] settings = { NO_DATA, "cdc.offset.store=jdbc", "spring.datasource.url=" + elsewhere.jdbcUrl(),
				"spring.datasource.username=" + elsewhere.user(), "spring.datasource.password=" + elsewhere.password(),
				"cdc.connection.url=" + this.database.jdbcUrl(), "cdc.connection.username=" + this.database.user(),
				"cdc.connection.password=" + this.database.password() };
		try (TestApplication former = TestApplication.run(this.database, Numbers.class, settings)) {
			Numbers numbers = former.bean(Numbers.class);
			insert(0);
			await().until(() -> numbers.ids.contains(0));
			Path image = this.server.takeImage();
			IntStream.range(100, 140).forEach(this::insert);
			await().until(() -> numbers.ids.contains(139));
			former.engine().pause();
			this.server.restore(image);
			String[] recovering = Arrays.copyOf(settings, settings.length + 1);
			recovering[settings.length] = settingInRefusal(settings);
			try (TestApplication other = TestApplication.run(this.database, Numbers.class, recovering)) {
				insert(500);
				await().until(() -> other.bean(Numbers.class).ids.contains(500));
			}
			former.engine().resume();
			await().until(() -> state(former) == EngineState.RUNNING || state(former) == EngineState.REFUSED);
			assertThat(former.engine().status().failure()).isNull();
			insert(501);
			await().until(() -> numbers.ids.contains(501));
		}
	}

	private String settingInRefusal(String... settings) {
		Throwable refusal = catchThrowable(() -> TestApplication.start(this.database, Numbers.class, settings));
		assertThat(refusal).rootCause().hasMessageContaining("history-mismatch");
		Matcher setting = Pattern.compile("cdc\\.safety\\.recover=[0-9A-F/]+@\\d+")
			.matcher(Objects.requireNonNull(NestedExceptionUtils.getRootCause(refusal)).getMessage());
		assertThat(setting.find()).isTrue();
		return setting.group();
	}

	@Test
	void resumesOnAServerThatWasOnlyRestarted() throws Exception {
		receive(0);
		this.server.restart();
		insert(100);
		try (TestApplication application = TestApplication.run(this.database, Numbers.class, this.settings)) {
			await().until(() -> application.bean(Numbers.class).ids.contains(100));
			assertThat(application.engine().reconciliation()).isNotNull();
		}
	}

	/** Await a heartbeat after everything that was written. */
	private void awaitOffsetAtEnd(TestApplication application) {
		Lsn end = Lsn.parse(Objects.requireNonNull(this.database.queryForText("SELECT pg_current_wal_lsn()")));
		await().until(() -> application.engine().storedLsn().isAfter(end));
	}

	/** Fewer transactions than were received since the image. */
	private void writePastTheOffset() {
		IntStream.range(200, 220).forEach(this::insert);
		this.database.execute("CREATE TABLE filler AS SELECT * FROM generate_series(1, 20000)");
	}

	private static EngineState state(TestApplication application) {
		return application.engine().status().state();
	}

	/** Receive forty rows in as many transactions. */
	private void receive(int first) {
		try (TestApplication application = TestApplication.run(this.database, Numbers.class, this.settings)) {
			IntStream.range(first, first + 40).forEach(this::insert);
			await().until(() -> application.bean(Numbers.class).ids.contains(first + 39));
		}
	}

	private void insert(int id) {
		this.database.execute("INSERT INTO numbers VALUES (" + id + ")");
	}

}
