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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * How far the existing rows of a table are read.
 *
 * @param table the table
 * @param read rows that were delivered
 * @param estimated about how many rows there are, {@code null} if that is not known
 * @param rowsPerSecond the rate, {@code null} if it is not known
 * @param secondsLeft about how long the rest lasts, {@code null} if that is not known
 * @param done whether all were delivered
 */
record TableProgress(String table, long read, @Nullable Long estimated, @Nullable Double rowsPerSecond,
		@Nullable Long secondsLeft, boolean done) {

	private static final int BAR = 10;

	/** A longer line would be two of a terminal. */
	private static final int MAX_WIDTH = 79;

	static List<TableProgress> readAll(DataSource mirror) throws SQLException {
		List<TableProgress> tables = new ArrayList<>();
		try (Connection connection = mirror.getConnection();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT table_name, read, estimated, rows_per_second, "
						+ "seconds_left, done FROM ledger_progress ORDER BY table_name")) {
			while (row.next()) {
				tables.add(new TableProgress(row.getString(1), row.getLong(2), row.getObject(3, Long.class),
						row.getObject(4, Double.class), row.getObject(5, Long.class), row.getBoolean(6)));
			}
		}
		return tables;
	}

	/** The tenths that are delivered, below ten until all rows are. */
	int tenths() {
		return percent() / 10;
	}

	/** An estimate may be too low. */
	private int percent() {
		if (this.done) {
			return 100;
		}
		return (this.estimated != null && this.estimated > 0) ? (int) Math.min(99, 100 * this.read / this.estimated)
				: 0;
	}

	/** The line of a terminal. */
	String bar() {
		int full = BAR * percent() / 100;
		String bar = "%-16s [%s%s] %3d %% %s".formatted(this.table, "#".repeat(full), ".".repeat(BAR - full), percent(),
				figures());
		return bar.substring(0, Math.min(bar.length(), MAX_WIDTH));
	}

	/** The line of a file. */
	String line() {
		return "%s: %d %%, %s".formatted(this.table, percent(), figures());
	}

	private String figures() {
		if (this.done || this.estimated == null) {
			return number(this.read) + " rows" + rate();
		}
		return number(this.read) + " of " + number(this.estimated) + rate();
	}

	private String rate() {
		return ((this.rowsPerSecond != null) ? ", " + number(Math.round(this.rowsPerSecond)) + "/s" : "")
				+ ((this.secondsLeft != null) ? ", " + this.secondsLeft + " s left" : "");
	}

	private static String number(long number) {
		return String.format(Locale.ROOT, "%,d", number);
	}

}
