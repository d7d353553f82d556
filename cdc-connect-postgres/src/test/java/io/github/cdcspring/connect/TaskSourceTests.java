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

package io.github.cdcspring.connect;

import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.ConnectOffset;
import io.github.cdcspring.internal.debezium.TransactionEndOffsets;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.PromotedServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

@PostgresTest
class TaskSourceTests {

	@Test
	void aSlotThatIsAheadIsAGap(TestDatabase database) {
		Lsn slot = createSlot(database);
		assertThat(source(database, Map.of()).gap(offset(Map.of()))).isEqualTo(new Gap(new Lsn(256), slot));
	}

	@Test
	void aSlotThatIsMissingIsNoneIfASnapshotIsTakenThen(TestDatabase database) {
		TaskSource source = source(database, Map.of("snapshot.mode", "WHEN_NEEDED"));
		Lsn slot = createSlot(database);
		assertThat(source.gap(offset(Map.of()))).isNull();
		assertThat(source(database, Map.of("snapshot.mode", "when_needed")).gap(offset(Map.of())))
			.isEqualTo(new Gap(new Lsn(256), slot));
	}

	@Test
	void aSlotThatTheDriverHasAdvancedIsNoneAfterAChangeOfTheFlushMode(TestDatabase database) {
		createSlot(database);
		assertThat(source(database, Map.of("lsn.flush.mode", "connector_and_driver")).gap(offset(Map.of()))).isNull();
		assertThat(source(database, Map.of()).gap(offset(Map.of("cdc_flush", "driver")))).isNull();
		assertThat(source(database, Map.of()).gap(offset(Map.of("cdc_flush", "driver", "cdc_gap", "0/50-0/64"))))
			.isEqualTo(Gap.parse("0/50-0/64"));
	}

	@Test
	void anOffsetThatTheServerDidNotHaveRemainsRefused(TestDatabase database) {
		createSlot(database);
		Lsn current = Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()"));
		StoredOffset offset = new ConnectOffset(Map.of("lsn", current.value() + 100_000)).stored();
		assertThatExceptionOfType(OtherHistoryException.class)
			.isThrownBy(() -> source(database, Map.of()).requireHistoryOf(offset, " that was stored"))
			.withMessageContaining(" that was stored is not part of this server's history");
		database.execute("SELECT pg_logical_emit_message(true, 'test', repeat('x', 200000))");
		assertThat(Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()")).isAfter(offset.lsn())).isTrue();
		assertThatExceptionOfType(OtherHistoryException.class)
			.isThrownBy(() -> source(database, Map.of()).requireHistoryOf(offset, " that was stored"));
		assertThat(TaskSource.REFUSED).containsKey(database.name());
		StoredOffset another = new ConnectOffset(Map.of("lsn", offset.lsn().value() + 1)).stored();
		assertThatNoException().isThrownBy(() -> source(database, Map.of()).requireHistoryOf(another, ""));
	}

	@Test
	void theWorkerRemembersNoOffsetThatWasNotRefused(TestDatabase database) {
		createSlot(database);
		source(database, Map.of()).requireHistoryOf(offset(Map.of()).stored(), " that was stored");
		assertThat(TaskSource.REFUSED).doesNotContainKey(database.name());
	}

	@Test
	void aTaskThatRestartsJudgesWhatItHasSentSinceTheStoredOffset(TestDatabase database) {
		createSlot(database);
		TaskSource source = source(database, Map.of());
		TransactionEndOffsets sent = new TransactionEndOffsets(offset(Map.of()), source);
		CdcPostgresTask.requireHistory(source, offset(Map.of()).stored(), sent);
		long lost = Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()")).value() + 100_000;
		sent.applyTo(new SourceRecord(Map.of(),
				Map.of("snapshot", "INITIAL", "last_snapshot_record", true, "lsn", lost), "topic", null, null));
		assertThatExceptionOfType(OtherHistoryException.class)
			.isThrownBy(() -> CdcPostgresTask.requireHistory(source, offset(Map.of()).stored(), sent))
			.withMessageContaining(", up to which the connector has sent transactions, is not part of");
	}

	@Test
	void aSlotThatWasCopiedWithoutItsDecodingStateIsRefused() throws Exception {
		try (PromotedServer server = new PromotedServer()) {
			TestDatabase database = server.database();
			createSlot(database);
			try (Connection inProgress = database.connect()) {
				inProgress.setAutoCommit(false);
				inProgress.createStatement().execute("SELECT pg_current_xact_id()");
				await().until(() -> {
					database.execute("SELECT pg_log_standby_snapshot()",
							"SELECT pg_replication_slot_advance('" + database.name() + "', pg_current_wal_lsn())");
					return server.hasDecodingState();
				});
				server.removeDecodingState();
			}
			server.promote();
			assertThatExceptionOfType(IncompleteSlotException.class)
				.isThrownBy(() -> source(database, Map.of()).requireDecodingState(offset(Map.of()).stored()))
				.withMessageStartingWith("The server does not have the state of decoding with which replication slot '"
						+ database.name() + "' resumes at restart_lsn ");
			Map<String, String> accepting = Map.of("cdc.safety.accept", "decoding-state-missing");
			assertThatNoException()
				.isThrownBy(() -> source(database, accepting).requireDecodingState(offset(Map.of()).stored()));
			// A connector that begins resumes nothing
			assertThatNoException().isThrownBy(() -> source(database, Map.of()).requireDecodingState(null));
		}
	}

	private static ConnectOffset offset(Map<String, Object> further) {
		Map<String, Object> values = new HashMap<>(further);
		values.put("lsn", 256L);
		values.put("lsn_commit", 256L);
		return new ConnectOffset(values);
	}

	private static Lsn createSlot(TestDatabase database) {
		return Lsn.parse(database.queryForText(
				"SELECT lsn::text FROM pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')"));
	}

	private static TaskSource source(TestDatabase database, Map<String, String> further) {
		Map<String, String> properties = new HashMap<>(
				Map.of("database.hostname", database.host(), "database.port", String.valueOf(database.port()),
						"database.user", database.user(), "database.password", database.password(), "database.dbname",
						database.name(), "slot.name", database.name(), "topic.prefix", database.name()));
		properties.putAll(further);
		Configuration configuration = Configuration.from(properties);
		return new TaskSource(new PostgresConnectorConfig(configuration), configuration);
	}

}
