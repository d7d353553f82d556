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

package io.github.cdcspring.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An SVG bar chart of the throughput, with the range over the rounds.
 */
final class Plot {

	private static final int LABELS = 330;

	private static final int BARS = 420;

	private static final int LINE = 26;

	private final Results results;

	Plot(Results results) {
		this.results = results;
	}

	String svg() {
		StringBuilder bars = new StringBuilder();
		int y = 10;
		for (String workload : this.results.workloads("drain")) {
			y = workload(workload, bars, y);
		}
		return """
				<svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="13">
				<rect width="100%%" height="100%%" fill="#fff"/>
				%3$s</svg>
				"""
			.formatted(LABELS + BARS + 110, y, bars);
	}

	private int workload(String workload, StringBuilder bars, int top) {
		int y = top + 20;
		bars.append(text(10, y, "start", "bold", this.results.title(workload) + ", rows/s"));
		y += 10;
		List<String> contestants = this.results.contestants("drain");
		double highest = contestants.stream()
			.map((contestant) -> rows(workload, contestant))
			.flatMap(Optional::stream)
			.mapToDouble(Summary::highest)
			.max()
			.orElse(1);
		for (String contestant : contestants) {
			Optional<Summary> rows = rows(workload, contestant);
			if (rows.isPresent()) {
				bar(contestant, rows.get(), highest, bars, y);
				y += LINE;
			}
		}
		return y + 14;
	}

	private Optional<Summary> rows(String workload, String contestant) {
		return this.results.figure("drain", workload, contestant, "rowsPerSecond");
	}

	private void bar(String contestant, Summary rows, double highest, StringBuilder bars, int y) {
		double scale = BARS / highest;
		int middle = y + LINE / 2;
		String title = this.results.title(contestant).replace("*", "");
		bars.append(text(LABELS - 8, middle + 4, "end", contestant.startsWith("starter") ? "bold" : "normal", title));
		bars.append(String.format(Locale.ROOT, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
				LABELS, y + 4, rows.median() * scale, LINE - 8,
				contestant.startsWith("starter") ? "#2f7d32" : "#90a4ae"));
		bars.append(String.format(Locale.ROOT, "<path d=\"M%.1f %d H%.1f\" stroke=\"#222\" stroke-width=\"2\"/>%n",
				LABELS + rows.lowest() * scale, middle, LABELS + rows.highest() * scale));
		bars.append(text((int) (LABELS + rows.highest() * scale) + 8, middle + 4, "start", "normal",
				String.format(Locale.ROOT, "%,.0f", rows.median())));
	}

	private static String text(int x, int y, String anchor, String weight, String text) {
		return "<text x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"" + anchor + "\" font-weight=\"" + weight + "\">"
				+ text.replace("&", "&amp;").replace("<", "&lt;") + "</text>\n";
	}

}
