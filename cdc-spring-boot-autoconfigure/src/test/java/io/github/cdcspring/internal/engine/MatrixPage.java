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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.OffsetStoreType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of the matrix: a part of it is the result of a test.
 */
final class MatrixPage {

	private static final Path PAGE = Path.of("..", "docs", "matrix.md");

	private MatrixPage() {
	}

	/**
	 * One table for each state: a line for each store and flush mode, a column for each
	 * strategy. Equal lines are merged.
	 */
	static String of(Map<MatrixCell, MatrixOutcome> outcomes) {
		StringBuilder page = new StringBuilder(counts(outcomes));
		for (MatrixState state : MatrixState.values()) {
			page.append("\n### ").append(state).append("\n\n");
			page.append("| store | lsn-flush-mode | no_validation | trust_offset | trust_slot | trust_greater_lsn |\n");
			page.append("|---|---|---|---|---|---|\n");
			Map<String, List<String>> storesByLines = new LinkedHashMap<>();
			linesByStore(state, outcomes)
				.forEach((store, lines) -> storesByLines.computeIfAbsent(lines, (key) -> new ArrayList<>()).add(store));
			storesByLines.forEach((lines, stores) -> page.append(lines.replace("STORE", String.join(", ", stores))));
		}
		return page.append('\n').toString();
	}

	private static String counts(Map<MatrixCell, MatrixOutcome> outcomes) {
		StringBuilder counts = new StringBuilder("\n| store | cells | started | did not start | lost rows, declared | "
				+ "**lost rows in silence** |\n|---|---|---|---|---|---|\n");
		for (OffsetStoreType store : OffsetStoreType.values()) {
			List<MatrixOutcome> all = outcomes.entrySet()
				.stream()
				.filter((outcome) -> outcome.getKey().store() == store)
				.map(Map.Entry::getValue)
				.toList();
			if (!all.isEmpty()) {
				counts.append("| %s | %d | %d | %d | %d | **%d** |\n".formatted(LowerCase.of(store), all.size(),
						count(all, MatrixOutcome::hasStarted), count(all, (outcome) -> !outcome.hasStarted()),
						count(all, (outcome) -> !outcome.lost().isEmpty() && !outcome.losesSilently()),
						count(all, MatrixOutcome::losesSilently)));
			}
		}
		return counts.toString();
	}

	private static long count(List<MatrixOutcome> outcomes, Predicate<MatrixOutcome> predicate) {
		return outcomes.stream().filter(predicate).count();
	}

	private static Map<String, String> linesByStore(MatrixState state, Map<MatrixCell, MatrixOutcome> outcomes) {
		Map<String, Map<String, List<String>>> modesByStore = new LinkedHashMap<>();
		for (OffsetStoreType store : OffsetStoreType.values()) {
			for (LsnFlushMode flushMode : LsnFlushMode.values()) {
				String line = Arrays.stream(OffsetMismatchStrategy.values())
					.map((strategy) -> outcomes.get(new MatrixCell(state, flushMode, store, strategy)))
					.filter(Objects::nonNull)
					.map(MatrixOutcome::toString)
					.collect(Collectors.joining(" | "));
				if (!line.isEmpty()) {
					modesByStore.computeIfAbsent(LowerCase.of(store), (name) -> new LinkedHashMap<>())
						.computeIfAbsent(line, (text) -> new ArrayList<>())
						.add(LowerCase.of(flushMode));
				}
			}
		}
		Map<String, String> lines = new LinkedHashMap<>();
		modesByStore.forEach((store, modes) -> lines.put(store,
				modes.entrySet()
					.stream()
					.map((line) -> "| STORE | " + String.join(", ", line.getValue()) + " | " + line.getKey() + " |\n")
					.collect(Collectors.joining())));
		return lines;
	}

	/**
	 * Write the result to {@code target}, and compare it with the page.
	 */
	static void assertShows(String part, String found) throws IOException {
		Path target = Files.createDirectories(Path.of("target")).resolve("matrix-" + part + ".md");
		Files.writeString(target, found);
		String page = Files.readString(PAGE);
		String begin = "<!-- begin " + part + " -->\n";
		String end = "<!-- end " + part + " -->";
		assertThat(page).contains(begin, end);
		assertThat(page.substring(page.indexOf(begin) + begin.length(), page.indexOf(end)))
			.as("docs/matrix.md, against " + target)
			.isEqualTo(found);
	}

}
