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

package io.github.cdcspring.samples.kafka;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

import javax.sql.DataSource;

import io.github.cdcspring.testsupport.TestDatabase;

/**
 * What each instance has done, as the mirror shows it.
 */
final class Sharing {

	private static final String SELECT = """
			SELECT r.instance, coalesce(sum(t.applied), 0),
				(SELECT coalesce(string_agg(k.tid::text, ' ' ORDER BY k.tid), '-') FROM pgbench_tellers k
					JOIN ledger_run kr USING (ledger_run) WHERE kr.instance = r.instance AND k.tid <= 10)
			FROM ledger_run r LEFT JOIN ledger_tally t USING (ledger_run) GROUP BY r.instance""";

	private final DataSource mirror;

	private Map<String, Share> before = Map.of();

	private long readAt = System.nanoTime();

	Sharing(TestDatabase mirror) {
		this.mirror = mirror.dataSource();
	}

	/** Describe what the instances did since the last call. */
	String next() throws SQLException {
		Map<String, Share> now = read();
		long readAt = System.nanoTime();
		double seconds = (readAt - this.readAt) / 1e9;
		StringBuilder line = new StringBuilder();
		now.forEach((instance, share) -> {
			Share last = this.before.get(instance);
			long events = share.events - ((last != null) ? last.events : 0);
			line.append("  %s %,6.0f/s  tellers %-21s".formatted(instance, events / seconds, share.tellers));
		});
		this.before = now;
		this.readAt = readAt;
		return line.toString().stripTrailing();
	}

	/** Describe what the instances did in sum. */
	String total() throws SQLException {
		StringBuilder text = new StringBuilder();
		read().forEach(
				(instance, share) -> text.append("%s processed %,d events, and was the last to process tellers %s%n"
					.formatted(instance, share.events, share.tellers)));
		return text.toString().stripTrailing();
	}

	private Map<String, Share> read() throws SQLException {
		Map<String, Share> shares = new TreeMap<>();
		try (Connection connection = this.mirror.getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(SELECT)) {
			while (result.next()) {
				shares.put(result.getString(1), new Share(result.getLong(2), result.getString(3)));
			}
		}
		return shares;
	}

	private record Share(long events, String tellers) {

	}

}
