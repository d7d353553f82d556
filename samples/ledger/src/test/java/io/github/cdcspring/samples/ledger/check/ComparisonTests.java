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

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.github.cdcspring.samples.ledger.TestLedger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares a mirror that SQL made equal to the source and then changed in one place.
 */
class ComparisonTests {

	private static final List<LedgerTable> TABLES = LedgerTable.ALL;

	private static DataSource source;

	private static DataSource mirror;

	private static JdbcTemplate jdbc;

	private final Comparison comparison = new Comparison(source, mirror);

	@BeforeAll
	static void fill() throws Exception {
		source = TestLedger.createDatabase();
		mirror = TestLedger.createMirror();
		jdbc = new JdbcTemplate(mirror);
		Load load = new PgbenchStatements(source, Options.parse(Path.of("target"), "--seed=1"), 100);
		load.initialise(1);
		load.run(200, 3, 0);
		JdbcTemplate sourceJdbc = new JdbcTemplate(source);
		sourceJdbc.execute("INSERT INTO pgbench_history SELECT * FROM pgbench_history WHERE tid = 1");
		sourceJdbc.execute(LedgerTable.CREATE_EXTRA);
		sourceJdbc
			.execute("INSERT INTO ledger_extra SELECT id, chr(8364) || id, id, now() FROM generate_series(1, 9) id");
		copy();
		jdbc.execute("CREATE SCHEMA equal");
		TABLES
			.forEach((table) -> jdbc.execute("CREATE TABLE equal.%1$s AS SELECT * FROM %1$s".formatted(table.name())));
	}

	@AfterEach
	void restoreTheMirror() {
		jdbc.execute(TABLES.stream()
			.map((table) -> "DELETE FROM %1$s; INSERT INTO %1$s SELECT * FROM equal.%1$s".formatted(table.name()))
			.collect(Collectors.joining("; ")));
	}

	private static void copy() {
		for (LedgerTable table : TABLES) {
			List<Map<String, Object>> rows = new JdbcTemplate(source).queryForList("SELECT * FROM " + table.name());
			String columns = String.join(", ", rows.get(0).keySet());
			String bookkeeping = (table.key() != null) ? "ledger_lsn, ledger_high, ledger_run, ledger_deleted"
					: "ledger_transaction, ledger_lsn, ledger_ordinal";
			String values = (table.key() != null) ? "1, 1, 1, false" : "1, 1, ?";
			List<Object[]> arguments = new ArrayList<>();
			for (Map<String, Object> row : rows) {
				List<Object> argument = new ArrayList<>(row.values());
				if (table.key() == null) {
					argument.add(arguments.size());
				}
				arguments.add(argument.toArray());
			}
			jdbc.batchUpdate("INSERT INTO %s (%s, %s) VALUES (%s%s)".formatted(table.name(), columns, bookkeeping,
					"?, ".repeat(rows.get(0).size()), values), arguments);
		}
	}

	@Test
	void findsEqualWhatIsEqual() throws SQLException {
		assertThat(this.comparison.compareAll()).hasSize(5)
			.allMatch(Difference::isNone)
			.allMatch((difference) -> difference.sourceRows() > 0)
			.allMatch((difference) -> difference.sourceRows() == difference.mirrorRows());
		Verdict verdict = verdict(Tallies.read(mirror), 200);
		assertThat(verdict.equal()).isTrue();
		assertThat(verdict.line()).startsWith("ledger: equal, ")
			.contains(" after 200 transactions, ")
			.endsWith(" 0 kills, 0 duplicates");
	}

	@ParameterizedTest
	@FieldSource("TABLES")
	void findsAMissingRow(LedgerTable table) throws SQLException {
		assertThat(jdbc.update("DELETE FROM %1$s WHERE ctid = (SELECT max(ctid) FROM %1$s)".formatted(table.name())))
			.isOne();
		assertDifferent(table, 1, 0, 0);
	}

	@ParameterizedTest
	@FieldSource("TABLES")
	void findsTheFirstRowMissing(LedgerTable table) throws SQLException {
		assertThat(jdbc.update("DELETE FROM %1$s WHERE ctid = (SELECT min(ctid) FROM %1$s)".formatted(table.name())))
			.isOne();
		assertDifferent(table, 1, 0, 0);
	}

	@ParameterizedTest
	@FieldSource("TABLES")
	void findsASurplusRow(LedgerTable table) throws SQLException {
		String first = (table.key() != null) ? table.key() : "ledger_ordinal";
		List<String> rest = columns(table).stream().filter((column) -> !column.equals(first)).toList();
		jdbc.update("INSERT INTO %1$s (%2$s, %3$s) SELECT %2$s + 1000000, %3$s FROM %1$s LIMIT 1"
			.formatted(table.name(), first, String.join(", ", rest)));
		assertDifferent(table, 0, 1, 0);
	}

	@ParameterizedTest
	@FieldSource("TABLES")
	void findsAnEmptyMirror(LedgerTable table) throws SQLException {
		int rows = jdbc.update("DELETE FROM " + table.name());
		assertDifferent(table, rows, 0, 0);
	}

	@ParameterizedTest
	@MethodSource("columnsOfAll")
	void findsAnAlteredColumn(LedgerTable table, String column) throws SQLException {
		String type = jdbc.queryForObject(
				"SELECT data_type FROM information_schema.columns WHERE table_name = ? AND column_name = ? AND table_schema = 'public'",
				String.class, table.name(), column);
		String other = switch (String.valueOf(type)) {
			case "integer" -> column.equals(table.key()) ? column + " + 1000000" : column + " + 1";
			case "numeric" -> column + " + 0.01";
			case "character", "text" -> "coalesce(rtrim(" + column + "), '') || '.'";
			default -> "coalesce(" + column + ", now()) + interval '1 microsecond'";
		};
		alterOne(table, column, other);
		boolean identity = table.key() == null || column.equals(table.key());
		assertDifferent(table, identity ? 1 : 0, identity ? 1 : 0, identity ? 0 : 1);
	}

	@ParameterizedTest
	@MethodSource("columnsOfAll")
	void findsAValueThatBecameNull(LedgerTable table, String column) throws SQLException {
		if (column.equals(table.key()) || column.equals("filler")) {
			return;
		}
		alterOne(table, column, "NULL");
		boolean identity = table.key() == null;
		assertDifferent(table, identity ? 1 : 0, identity ? 1 : 0, identity ? 0 : 1);
	}

	@ParameterizedTest
	@FieldSource("TABLES")
	void findsARowMarkedAsDeleted(LedgerTable table) throws SQLException {
		if (table.key() != null) {
			alterOne(table, "ledger_deleted", "true");
			assertDifferent(table, 1, 0, 0);
		}
	}

	@Test
	void findsOneOfTwoLikeRowsMissing() throws SQLException {
		assertThat(jdbc.update("DELETE FROM pgbench_history WHERE ledger_ordinal = "
				+ "(SELECT max(ledger_ordinal) FROM pgbench_history WHERE tid = 1)"))
			.isOne();
		assertDifferent(history(), 1, 0, 0);
	}

	@Test
	void findsALoadThatDidNotRun() throws SQLException {
		Verdict verdict = verdict(Tallies.read(mirror), 199);
		assertThat(verdict.equal()).isFalse();
		assertThat(verdict.line()).isEqualTo("ledger: DIFFERENT, the load made 199 transactions of 200");
	}

	@Test
	void doesNotPassWhatWasOutOfOrderOrRolledBack() throws SQLException {
		Verdict verdict = verdict(new Tallies(1, 0, 0, 0, 2, 3, 0), 200);
		assertThat(verdict.equal()).isFalse();
		assertThat(verdict.line())
			.isEqualTo("ledger: DIFFERENT, 2 changes out of order, 3 changes of rolled-back transactions");
	}

	private static LedgerTable history() {
		return TABLES.stream().filter((table) -> table.key() == null).findFirst().orElseThrow();
	}

	private void alterOne(LedgerTable table, String column, String value) {
		assertThat(jdbc.update("UPDATE %1$s SET %2$s = %3$s WHERE ctid = (SELECT max(ctid) FROM %1$s)"
			.formatted(table.name(), column, value))).isOne();
	}

	private void assertDifferent(LedgerTable table, long missing, long surplus, long altered) throws SQLException {
		List<Difference> differences = this.comparison.compareAll();
		for (Difference difference : differences) {
			if (!difference.table().equals(table)) {
				assertThat(difference).matches(Difference::isNone);
				continue;
			}
			assertThat(difference.missing()).as("missing").isEqualTo(missing);
			assertThat(difference.surplus()).as("surplus").isEqualTo(surplus);
			assertThat(difference.altered()).as("altered").isEqualTo(altered);
		}
		Verdict verdict = verdict(differences, Tallies.read(mirror), 200);
		assertThat(verdict.equal()).isFalse();
		assertThat(verdict.line()).isEqualTo("ledger: DIFFERENT, %s: %d missing, %d surplus, %d altered"
			.formatted(table.name(), missing, surplus, altered));
	}

	private Verdict verdict(Tallies tallies, int transactions) throws SQLException {
		return verdict(this.comparison.compareAll(), tallies, transactions);
	}

	private static Verdict verdict(List<Difference> differences, Tallies tallies, int transactions)
			throws SQLException {
		return new Report(200, 0, Totals.ofSource(source), Totals.ofMirror(mirror), differences, tallies, transactions,
				null)
			.verdict();
	}

	static Stream<Arguments> columnsOfAll() {
		return TABLES.stream()
			.flatMap(
					(table) -> new JdbcTemplate(source)
						.queryForList(
								"SELECT column_name FROM information_schema.columns WHERE table_name = ? "
										+ "AND table_schema = 'public' ORDER BY ordinal_position",
								String.class, table.name())
						.stream()
						.map((column) -> Arguments.of(table, column)));
	}

	private static List<String> columns(LedgerTable table) {
		return jdbc.queryForList("SELECT column_name FROM information_schema.columns WHERE table_name = ? "
				+ "AND table_schema = 'public' ORDER BY ordinal_position", String.class, table.name());
	}

}
