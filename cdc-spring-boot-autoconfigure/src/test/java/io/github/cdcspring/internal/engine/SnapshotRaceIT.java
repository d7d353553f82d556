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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.BareEngine;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An initial snapshot over a slot that exists, taken while a transaction is in the log
 * already and cannot be seen yet: its commit waits for a standby that does not come.
 */
class SnapshotRaceIT {

	private TestPostgres server;

	private TestDatabase database;

	@BeforeEach
	void slotExistsAndCommitIsWrittenButNotVisible() {
		this.server = TestPostgres.start(Map.of());
		this.database = this.server.createDatabase();
		this.database.execute("CREATE TABLE numbers (id int PRIMARY KEY)",
				"CREATE PUBLICATION " + this.database.name() + " FOR TABLE numbers",
				"SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')",
				"INSERT INTO numbers VALUES (1)",
				"ALTER DATABASE " + this.database.name() + " SET synchronous_commit = local",
				"ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
		await().until(() -> "nobody".equals(this.database.queryForText("SHOW synchronous_standby_names")));
		// The checkpointer makes commits wait
		this.database.execute("CHECKPOINT");
		new Thread(() -> this.database.execute("SET synchronous_commit = on", "INSERT INTO numbers VALUES (2)"))
			.start();
		await().until(() -> "1"
			.equals(this.database.queryForText("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' "
					+ "AND backend_type = 'client backend'")));
		assertThat(this.database.queryForTexts("SELECT id FROM numbers")).containsExactly("1");
	}

	@AfterEach
	void stopServer() throws Exception {
		this.server.close();
	}

	@Test
	void bareEngineLosesTheTransaction(@TempDir Path directory) throws Exception {
		List<Integer> ids = new CopyOnWriteArrayList<>();
		try (BareEngine engine = BareEngine.start(this.database, directory.resolve("offsets"),
				Map.of("snapshot.mode", "initial", "publication.autocreate.mode", "disabled"),
				(record) -> addId(record, ids))) {
			letTheCommitReturn();
			await().until(() -> ids.contains(3));
		}
		assertThat(ids).containsExactly(1, 3);
	}

	@Test
	void deliversTheTransaction() {
		try (TestApplication application = TestApplication.run(this.database, Numbers.class,
				"cdc.snapshot.mode=initial")) {
			letTheCommitReturn();
			List<Integer> ids = application.bean(Numbers.class).ids;
			await().until(() -> ids.contains(3));
			assertThat(ids).contains(1, 2, 3);
		}
	}

	private void letTheCommitReturn() {
		assertThat(this.database.queryForTexts("SELECT id FROM numbers")).containsExactly("1");
		this.database.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
		await().until(() -> "2".equals(this.database.queryForText("SELECT count(*) FROM numbers")));
		this.database.execute("INSERT INTO numbers VALUES (3)");
	}

	private static void addId(SourceRecord record, List<Integer> ids) {
		if (record.value() instanceof Struct value && value.schema().field("after") != null) {
			ids.add(value.getStruct("after").getInt32("id"));
		}
	}

}
