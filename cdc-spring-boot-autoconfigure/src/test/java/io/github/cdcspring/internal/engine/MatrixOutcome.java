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

package io.github.cdcspring.internal.engine;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * What a start in a cell of the matrix did.
 *
 * @param refusal how it did not start, {@code null} if it did
 * @param place where it asked the server to begin
 * @param notes its other actions
 * @param arrived the rows that arrived
 * @param lost the rows that were not processed before and did not arrive
 * @param declaration how the start declared that rows may be lost, {@code null} if it did
 * not
 */
record MatrixOutcome(@Nullable String refusal, @Nullable String place, List<String> notes, Set<String> arrived,
		Set<String> lost, @Nullable String declaration) {

	static MatrixOutcome notStarted(String how) {
		return new MatrixOutcome(how, null, List.of(), Set.of(), Set.of(), null);
	}

	static MatrixOutcome started(MatrixState state, String place, List<String> notes, List<String> arrived,
			@Nullable String declaration) {
		Set<String> lost = new TreeSet<>(state.unprocessed());
		lost.removeAll(arrived);
		return new MatrixOutcome(null, place, notes, new LinkedHashSet<>(arrived), lost, declaration);
	}

	boolean hasStarted() {
		return this.refusal == null;
	}

	/** Rows are lost, and neither log nor result says so. */
	boolean losesSilently() {
		return !this.lost.isEmpty() && this.declaration == null;
	}

	/** In the form of the expectation. */
	@Override
	public String toString() {
		if (this.refusal != null) {
			return this.refusal;
		}
		StringBuilder text = new StringBuilder(this.place).append(": ").append(String.join(" ", this.arrived));
		this.notes.forEach((note) -> text.append(", ").append(note));
		if (!this.lost.isEmpty()) {
			text.append(", ").append(String.join(" ", this.lost)).append(' ');
			text.append((this.declaration != null) ? this.declaration : "LOST");
		}
		return text.toString();
	}

}
