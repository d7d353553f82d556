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

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Counts, sums and the verdict.
 *
 * @param expected the transactions that the source has to hold
 * @param kills how many processes were killed
 * @param source counts and sums of the source
 * @param mirror counts and sums of the mirror
 * @param differences what the comparison found
 * @param tallies what the batches showed about delivery
 * @param transactions the TPC-B transactions that the source holds
 * @param effects what was done once, {@code null} if that was not asked for
 */
record Report(int expected, int kills, Map<LedgerTable, Totals> source, Map<LedgerTable, Totals> mirror,
		List<Difference> differences, Tallies tallies, int transactions, @Nullable Effects effects) {

	private static Object sum(Map<LedgerTable, Totals> figures, LedgerTable table) {
		return Objects.requireNonNull(figures.get(table)).sum();
	}

	void print(PrintStream out) {
		out.printf("%n%-18s %12s %12s %16s %16s %9s %9s %9s%n", "table", "source rows", "mirror rows", "source sum",
				"mirror sum", "missing", "surplus", "altered");
		for (Difference difference : this.differences) {
			LedgerTable table = difference.table();
			out.printf("%-18s %,12d %,12d %16s %16s %,9d %,9d %,9d%n", table.name(), difference.sourceRows(),
					difference.mirrorRows(), sum(this.source, table), sum(this.mirror, table), difference.missing(),
					difference.surplus(), difference.altered());
		}
		out.printf("%n%,d rows read by snapshots, then %,d changes in %.1f s: %,d changes/s%n", this.tallies.read(),
				this.tallies.applied(), this.tallies.seconds(), this.tallies.changesPerSecond());
		out.printf("%d start(s), %,d applied twice, %,d out of order, %,d of rolled-back transactions%n",
				this.tallies.runs(), this.tallies.duplicates(), this.tallies.backwards(), this.tallies.rolledBack());
	}

	Verdict verdict() {
		List<String> errors = errors();
		if (!errors.isEmpty()) {
			return new Verdict(false, "ledger: DIFFERENT, " + String.join(", ", errors));
		}
		long rows = this.differences.stream().mapToLong(Difference::sourceRows).sum();
		return new Verdict(true,
				"ledger: equal, %d rows after %d transactions, %d changes at %d/s, %d kills, %d duplicates".formatted(
						rows, this.transactions, this.tallies.applied(), this.tallies.changesPerSecond(), this.kills,
						this.tallies.duplicates())
						+ ((this.effects != null)
								? ", %d effects, %d of them twice".formatted(this.effects.count(), this.effects.twice())
								: ""));
	}

	private List<String> errors() {
		List<String> errors = new ArrayList<>();
		for (Difference difference : this.differences) {
			if (!difference.isNone()) {
				errors.add("%s: %d missing, %d surplus, %d altered".formatted(difference.table().name(),
						difference.missing(), difference.surplus(), difference.altered()));
			}
		}
		if (this.transactions != this.expected) {
			errors.add("the load made %d transactions of %d".formatted(this.transactions, this.expected));
		}
		if (this.tallies.backwards() > 0) {
			errors.add("%d changes out of order".formatted(this.tallies.backwards()));
		}
		if (this.tallies.rolledBack() > 0) {
			errors.add("%d changes of rolled-back transactions".formatted(this.tallies.rolledBack()));
		}
		if (this.effects != null && this.effects.twice() > 0) {
			errors.add("%d of %d effects twice".formatted(this.effects.twice(), this.effects.count()));
		}
		if (this.effects != null && this.effects.missing() > 0) {
			errors.add("%d keys whose last change has no effect".formatted(this.effects.missing()));
		}
		return errors;
	}

}
