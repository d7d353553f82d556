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

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Shows how far the existing rows of each table are read: on a terminal as bars below all
 * other lines, otherwise as a line for each tenth of a table and every ten seconds.
 */
final class ProgressBars {

	private static final Duration INTERVAL = Duration.ofSeconds(10);

	/** Up one line, to its beginning, and clear it. */
	private static final String ERASE_LINE = "\u001b[1A\r\u001b[2K";

	private final PrintStream out;

	private final boolean terminal;

	private final LongSupplier nanoTime;

	private final Map<String, Printed> printed = new HashMap<>();

	private int bars;

	/**
	 * Create bars.
	 * @param out where to draw
	 * @param terminal whether that is a terminal
	 * @param nanoTime the clock
	 */
	ProgressBars(PrintStream out, boolean terminal, LongSupplier nanoTime) {
		this.out = out;
		this.terminal = terminal;
		this.nanoTime = nanoTime;
	}

	/** Show how far the tables are. */
	synchronized void show(List<TableProgress> tables) {
		if (this.terminal) {
			erase();
			tables.forEach((table) -> this.out.println(table.bar()));
			this.bars = tables.size();
		}
		else {
			tables.stream().filter(this::isDue).forEach((table) -> this.out.println(table.line()));
		}
	}

	private boolean isDue(TableProgress table) {
		long now = this.nanoTime.getAsLong();
		Printed last = this.printed.get(table.table());
		boolean due = last == null || table.tenths() != last.progress().tenths()
				|| !table.equals(last.progress()) && now - last.at() >= INTERVAL.toNanos();
		if (due) {
			this.printed.put(table.table(), new Printed(table, now));
		}
		return due;
	}

	/** Print a line above the bars, which follow when they are shown the next time. */
	private synchronized void print(String line) {
		erase();
		this.out.print(line);
		this.out.flush();
	}

	/** Leave the bars where they are. */
	synchronized void keep() {
		this.bars = 0;
	}

	private void erase() {
		this.out.print(ERASE_LINE.repeat(this.bars));
		this.bars = 0;
	}

	/** Return where to print other lines. */
	PrintStream lines() {
		return new PrintStream(new Lines(), false, StandardCharsets.UTF_8);
	}

	/** A table as its last line has it. */
	private record Printed(TableProgress progress, long at) {

	}

	/** Whole lines: a bar must not be drawn into one. */
	private final class Lines extends OutputStream {

		private final ByteArrayOutputStream line = new ByteArrayOutputStream();

		@Override
		public synchronized void write(int value) {
			this.line.write(value);
			if (value == '\n') {
				print(this.line.toString(StandardCharsets.UTF_8));
				this.line.reset();
			}
		}

	}

}
