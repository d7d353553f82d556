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

package io.github.cdcspring.internal.backfill;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.debezium.SessionSettings;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.testsupport.TestDatabase;
import org.postgresql.PGProperty;

/**
 * Reads the rows of a table as a backfill does.
 */
public final class BackfilledRows {

	private BackfilledRows() {
	}

	public static List<Change> of(TestDatabase database, TableId table) throws SQLException {
		Properties properties = new Properties();
		PGProperty.USER.set(properties, database.user());
		PGProperty.PASSWORD.set(properties, database.password());
		PGProperty.OPTIONS.set(properties, SessionSettings.options(null));
		PGProperty.BINARY_TRANSFER.set(properties, false);
		PGProperty.STRING_TYPE.set(properties, "unspecified");
		ChunkReader reader = new ChunkReader("pub", (each, column) -> true, null, Conditions.NONE,
				new ReadingTurns(1, () -> false, Duration.ZERO));
		List<Change> rows = new ArrayList<>();
		try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), properties)) {
			SessionSettings.apply(connection);
			Chunk chunk = reader.read(connection, table, KeyRange.after(null), null, 1000);
			rows.addAll(chunk.rows());
			while (!chunk.last()) {
				chunk = reader.read(connection, table, KeyRange.after(chunk.end()), chunk.end(), 1000);
				rows.addAll(chunk.rows());
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return rows;
	}

}
