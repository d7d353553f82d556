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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.settings.OffsetMismatchStrategy;

/**
 * The expected outcomes, from the written table.
 */
final class MatrixTable {

	private final List<String[]> lines = new ArrayList<>();

	static MatrixTable read() throws IOException {
		MatrixTable table = new MatrixTable();
		try (InputStream input = MatrixTable.class.getResourceAsStream("position-matrix.txt")) {
			new String(input.readAllBytes(), StandardCharsets.UTF_8).lines()
				.filter((line) -> !line.isBlank() && !line.startsWith("#"))
				.map((line) -> Arrays.stream(line.split("\\|")).map(String::strip).toArray(String[]::new))
				.forEach(table.lines::add);
		}
		return table;
	}

	/**
	 * The expectation for a cell; exactly one line must match.
	 */
	String expected(MatrixCell cell) {
		List<String[]> matching = this.lines.stream().filter((line) -> matches(line, cell)).toList();
		if (matching.size() != 1) {
			throw new IllegalStateException(matching.size() + " lines match " + cell);
		}
		return matching.get(0)[3 + strategyColumn(cell.strategy())];
	}

	private static boolean matches(String[] line, MatrixCell cell) {
		return line[0].equals(cell.state().toString())
				&& Arrays.asList(line[1].split(",")).contains(LowerCase.of(cell.store()))
				&& LowerCase.of(cell.flushMode()).matches(line[2].replace("*", ".*"));
	}

	private static int strategyColumn(OffsetMismatchStrategy strategy) {
		return switch (strategy) {
			case NO_VALIDATION -> 0;
			case TRUST_OFFSET -> 1;
			case TRUST_SLOT -> 2;
			case TRUST_GREATER_LSN -> 3;
		};
	}

}
