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

package io.github.cdcspring.internal.parking;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import javax.sql.DataSource;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.offset.JdbcOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The scripts that users of Flyway and Liquibase copy.
 */
@PostgresTest
class SchemaScriptsTests {

	private static final EpochFence FENCE = new EpochFence(new OffsetKey("default", "slot"), null, null);

	private static final EventPosition POSITION = new EventPosition(new Lsn(100), 77, new Lsn(101), 0);

	@ParameterizedTest
	@EnumSource
	void createsTableThatTheStarterAccepts(Table table, TestDatabase database) throws IOException {
		database.execute(table.script());
		table.use(database.dataSource(), table.defaultName, false);
		assertThat(database.queryForText("SELECT count(*) FROM " + table.defaultName)).isEqualTo("1");
	}

	@ParameterizedTest
	@EnumSource
	void keepsTableThatExists(Table table, TestDatabase database) throws IOException {
		database.execute(table.script());
		table.use(database.dataSource(), table.defaultName, false);
		database.execute(table.script());
		assertThat(database.queryForText("SELECT count(*) FROM " + table.defaultName)).isEqualTo("1");
	}

	@ParameterizedTest
	@EnumSource
	void createsTheTableThatTheStarterCreates(Table table, TestDatabase database) throws IOException {
		database.execute(table.script(), "CREATE SCHEMA other");
		table.use(database.dataSource(), "other.renamed_table", true);
		assertThat(columns(database, "other", "renamed_table")).isNotEmpty()
			.isEqualTo(columns(database, "public", table.defaultName));
		assertThat(constraints(database, "other.renamed_table")).isNotEmpty()
			.isEqualTo(constraints(database, "public." + table.defaultName));
	}

	@ParameterizedTest
	@EnumSource
	void isDocumented(Table table) throws IOException {
		assertThat(Files.readString(Path.of("..", "docs", "schema.md"))).contains(table.script()).contains(table.path);
	}

	private static List<@Nullable String> columns(TestDatabase database, String schema, String name) {
		return database.queryForTexts("SELECT concat_ws(' ', column_name, data_type, character_maximum_length,"
				+ " is_nullable, column_default, identity_generation) FROM information_schema.columns"
				+ " WHERE table_schema = '" + schema + "' AND table_name = '" + name + "' ORDER BY ordinal_position");
	}

	private static List<@Nullable String> constraints(TestDatabase database, String table) {
		return database.queryForTexts("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '" + table
				+ "'::regclass ORDER BY 1");
	}

	/** The tables of the starter. */
	enum Table {

		OFFSET("cdc_offset", "offset") {

			@Override
			void use(DataSource dataSource, String name, boolean create) {
				JdbcOffsetStore store = new JdbcOffsetStore(dataSource, name, create);
				OffsetKey key = new OffsetKey("default", "slot");
				StoredOffset offset = new StoredOffset(new Lsn(1), "{}", null, null, List.of(), true, Instant.EPOCH);
				store.save(key, store.takeOver(key).epoch(), offset);
				assertThat(store.load(key)).contains(offset);
			}

		},

		PARKED("cdc_parked_event", "parking") {

			@Override
			void use(DataSource dataSource, String name, boolean create) {
				ParkedEventStore store = new ParkedEventStore(dataSource, name, create, FENCE);
				ParkedKey key = new ParkedKey("orders.on", "00000000000000aa");
				store.park(new NewParkedEvent(key, "public.orders", POSITION, Operation.UPDATE, false, "{}"), 1,
						new ParkedFailure("orders.on", "x.Failure"));
				assertThat(store.first(key)).isPresent();
			}

		},

		PROCESSED("cdc_processed", "processed") {

			@Override
			void use(DataSource dataSource, String name, boolean create) {
				ProcessedEvents events = new ProcessedEvents(dataSource, name, create, FENCE);
				assertThat(events.register("orders.on", POSITION)).isTrue();
				assertThat(events.register("orders.on", POSITION)).isFalse();
			}

		};

		private final String defaultName;

		private final String path;

		Table(String defaultName, String directory) {
			this.defaultName = defaultName;
			this.path = "io/github/cdcspring/" + directory + "/schema-postgresql.sql";
		}

		abstract void use(DataSource dataSource, String name, boolean create);

		String script() throws IOException {
			return new ClassPathResource(this.path).getContentAsString(StandardCharsets.UTF_8);
		}

	}

}
