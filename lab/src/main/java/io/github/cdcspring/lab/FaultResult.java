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
 * @param states the states from then on
 * @param noticed how long after the fault a state other than RUNNING was entered,
 * {@code null} if none was
 * @param recovered how long after the end of the fault a new row arrived, {@code null} if
 * none did
 * @param check what arrived, compared with what is there
 */
record FaultResult(Fault fault, List<Recorded.State> states, @Nullable Duration noticed, @Nullable Duration recovered,
		EventCheck check) {

	/** Whether the outcome is the one that the fault should have. */
	boolean isExpected() {
		String refusal = this.fault.refusal();
		if (refusal != null) {
			return this.recovered == null && refusals().contains(refusal) && this.check.phantom() == 0
					&& this.check.outOfOrder() == 0;
		}
		return this.recovered != null && this.check.isGood();
	}

	private Set<String> refusals() {
		Set<String> refusals = new LinkedHashSet<>();
		this.states.forEach((state) -> refusals.addAll(List.of(state.rules().split(","))));
		refusals.remove("");
		return refusals;
	}

	private String seen() {
		Set<String> seen = new LinkedHashSet<>();
		this.states.stream()
			.map(Recorded.State::name)
			.filter((name) -> !name.equals("RUNNING"))
			.forEach((name) -> seen.add("`" + name + "`"));
		refusals().forEach((rule) -> seen.add("[`" + rule + "`](runbook.md#" + rule + ")"));
		return seen.isEmpty() ? "nothing" : String.join(", ", seen);
	}

	/** A row of the table in the documentation. */
	String row() {
		return "| %s | %s | %s | %s | %s |".formatted(this.fault.title(), seen(), seconds(this.noticed),
				(this.fault.refusal() != null) ? "refused until the operator decides" : seconds(this.recovered),
				(this.fault.refusal() != null) ? "–" : this.check.lost() + " / " + this.check.duplicated() + " / "
						+ this.check.outOfOrder() + " / " + this.check.phantom());
	}

	private static String seconds(@Nullable Duration duration) {
		return (duration != null) ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0) : "–";
	}

	@Override
	public String toString() {
		return "%s: %s, noticed after %s, recovered after %s; %s".formatted(this.fault, seen(), seconds(this.noticed),
				seconds(this.recovered), this.check);
	}

}
