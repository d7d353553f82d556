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

package io.github.cdcspring.lab;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What an application did when something failed.
 *
 * @param fault what failed
 * @param seen what an operator could see
 * @param recovered how long after the end of the fault a new row arrived, {@code null} if
 * none did
 * @param check what arrived, compared with what is there
 * @param stackTraceLines the lines of Debezium's stack traces in the log
 * @param broken why the fault could not be carried out to its end, {@code null} if it
 * could
 */
record FaultResult(Fault fault, Seen seen, @Nullable Duration recovered, EventCheck check, long stackTraceLines,
		@Nullable String broken) {

	/** Within this time, health shows what happened. */
	private static final Duration NOTICE = Duration.ofSeconds(10);

	private static final EventCheck NOTHING = new EventCheck(0, 0, 0, 0);

	static FaultResult skipped(Fault fault) {
		return new FaultResult(fault, Seen.NOTHING, null, NOTHING, 0, null);
	}

	/** A fault whose scene could not be prepared. */
	static FaultResult broken(Fault fault, String reason) {
		return broken(fault, Seen.NOTHING, reason);
	}

	static FaultResult broken(Fault fault, Seen seen, String reason) {
		return new FaultResult(fault, seen, null, NOTHING, 0, reason.replaceAll("\\s+", " "));
	}

	/** Whether the outcome is the one that the fault should have. */
	boolean isExpected() {
		return this.fault.unavailable() != null
				|| this.broken == null && isNoticed() && isOutcomeExpected() && this.stackTraceLines == 0;
	}

	private boolean isNoticed() {
		Duration noticed = this.seen.noticed();
		return !this.fault.isNoticed()
				|| noticed != null && noticed.compareTo(NOTICE) <= 0 && !this.seen.problem().isEmpty();
	}

	private boolean isOutcomeExpected() {
		List<String> refusals = this.fault.refusals();
		if (!refusals.isEmpty()) {
			return this.recovered == null && refusals.stream().anyMatch(this.seen.rules()::contains)
					&& this.check.isGood();
		}
		return this.recovered != null && this.check.isGood();
	}

	/** A row of the table in the documentation. */
	String row() {
		if (this.fault.unavailable() != null) {
			return "| %s | not run: %s | – | – | – |".formatted(this.fault.title(), this.fault.unavailable());
		}
		if (this.broken != null) {
			return "| %s | **not as expected**: %s; %s | %s | – | – |".formatted(this.fault.title(), this.broken,
					this.seen.inWords(), seconds(this.seen.noticed()));
		}
		return "| %s | %s%s | %s | %s | %s |".formatted(this.fault.title(), isExpected() ? "" : "**not as expected**: ",
				this.seen.inWords(), seconds(this.seen.noticed()),
				(!this.fault.refusals().isEmpty()) ? "refused until the operator decides" : seconds(this.recovered),
				this.check.lost() + " / " + this.check.duplicated() + " / " + this.check.outOfOrder() + " / "
						+ this.check.phantom());
	}

	private static String seconds(@Nullable Duration duration) {
		return (duration != null) ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0) : "–";
	}

	@Override
	public String toString() {
		if (this.fault.unavailable() != null) {
			return this.fault + ": not run, " + this.fault.unavailable();
		}
		if (this.broken != null) {
			return this.fault + ": " + this.broken + "; " + this.seen.inWords() + "; " + this.seen.problem();
		}
		return "%s: %s, noticed after %s, recovered after %s; %s%s; %s".formatted(this.fault, this.seen.inWords(),
				seconds(this.seen.noticed()), seconds(this.recovered), this.check,
				(this.stackTraceLines > 0) ? ", " + this.stackTraceLines + " lines of Debezium's stack traces" : "",
				this.seen.problem());
	}

	/**
	 * What an operator sees of a fault.
	 *
	 * @param states the states of the engine
	 * @param rules the rules by which it is refused
	 * @param noticed how long after the fault health was not UP, {@code null} if it
	 * always was
	 * @param problem the first problem that health shows
	 */
	record Seen(Set<String> states, Set<String> rules, @Nullable Duration noticed, String problem) {

		private static final Seen NOTHING = new Seen(Set.of(), Set.of(), null, "");

		static Seen since(long began, Recorded recorded) {
			List<Recorded.State> states = recorded.states().stream().filter((state) -> state.time() >= began).toList();
			Set<String> names = new LinkedHashSet<>();
			Set<String> rules = new LinkedHashSet<>();
			states.forEach((state) -> {
				names.add(state.name());
				rules.addAll(List.of(state.rules().split(",")));
			});
			names.remove("RUNNING");
			rules.remove("");
			List<Recorded.Health> bad = recorded.healthSince(began)
				.stream()
				.filter((health) -> !health.status().equals("UP"))
				.toList();
			Duration noticed = bad.isEmpty() ? null : Duration.ofMillis(bad.get(0).time() - began);
			return new Seen(names, rules, noticed,
					bad.stream()
						.map(Recorded.Health::problem)
						.filter((problem) -> !problem.isEmpty())
						.findFirst()
						.orElse(""));
		}

		private String inWords() {
			Set<String> words = new LinkedHashSet<>();
			this.states.forEach((name) -> words.add("`" + name + "`"));
			this.rules.forEach((rule) -> words.add("[`" + rule + "`](runbook.md#" + rule + ")"));
			if (words.isEmpty()) {
				return (this.noticed != null) ? "`RUNNING`, health `DOWN`" : "nothing";
			}
			return String.join(", ", words);
		}

	}

}
