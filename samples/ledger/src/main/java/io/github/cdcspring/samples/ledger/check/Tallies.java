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

package io.github.cdcspring.samples.ledger.check;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

/**
 * What the batches showed about delivery, in sum.
 *
 * @param runs starts of the application
 * @param read rows that snapshots read
 * @param applied changes applied, repeated ones included, without snapshots
 * @param duplicates what was applied more than once
 * @param backwards errors of order
 * @param rolledBack rows that no listener should have seen
 * @param seconds from the first change to the last, without snapshots
 */
record Tallies(int runs, long read, long applied, long duplicates, long backwards, long rolledBack, double seconds) {

	private static final String SELECT = """
			SELECT (SELECT count(*) FROM ledger_run), coalesce(sum(read), 0), coalesce(sum(applied - read), 0),
				coalesce(sum(duplicates), 0), coalesce(sum(backwards), 0), coalesce(sum(rolled_back), 0),
				coalesce(extract(epoch FROM max(committed_at) FILTER (WHERE applied > read)
					- min(committed_at) FILTER (WHERE applied > read)), 0)
			FROM ledger_tally""";

	static Tallies read(DataSource mirror) throws SQLException {
		try (Connection connection = mirror.getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(SELECT)) {
			result.next();
			return new Tallies(result.getInt(1), result.getLong(2), result.getLong(3), result.getLong(4),
					result.getLong(5), result.getLong(6), result.getDouble(7));
		}
	}

	long changesPerSecond() {
		return (this.seconds > 0) ? Math.round(this.applied / this.seconds) : 0;
	}

}
