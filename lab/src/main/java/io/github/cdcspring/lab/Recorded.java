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

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the probe has recorded so far. Reads only what was added since the last look.
 */
final class Recorded {

	private final Path file;

	private final List<Event> events = new ArrayList<>();

	private final List<State> states = new ArrayList<>();

	private final List<Health> health = new ArrayList<>();

	private final List<Resources> resources = new ArrayList<>();

	private int lanes = 1;

	private final List<String> unknownBatches = new ArrayList<>();

	private final Map<String, Set<Long>> failures = new HashMap<>();

	private long position;

	Recorded(Path file) {
		this.file = file;
	}

	synchronized List<Event> events() {
		read();
		return List.copyOf(this.events);
	}

	synchronized List<State> states() {
		read();
		return List.copyOf(this.states);
	}

	/** Listeners that take batches of rows, of which the probe cannot see each event. */
	synchronized List<String> unknownBatches() {
		read();
		return List.copyOf(this.unknownBatches);
	}

	/** The numbers of rows that were in a call of a listener that failed. */
	synchronized Set<Long> failures(String table) {
		read();
		return Set.copyOf(this.failures.getOrDefault(table, Set.of()));
	}

	/** The events of a table. */
	List<Event> events(String table) {
		return events().stream().filter((event) -> event.table().equals(table)).toList();
	}

	/** The number of the table's event that arrived last, 0 if none has. */
	synchronized long lastNumber(String table) {
		read();
		for (int i = this.events.size() - 1; i >= 0; i--) {
			if (this.events.get(i).table().equals(table)) {
				return this.events.get(i).number();
			}
		}
		return 0;
	}

	/** What health was from a time on. */
	synchronized List<Health> healthSince(long time) {
		read();
		return this.health.stream().filter((health) -> health.time() >= time).toList();
	}

	/** What the application needed, from time to time. */
	synchronized List<Resources> resources() {
		read();
		return List.copyOf(this.resources);
	}

	/** How many events the engine delivers in parallel. */
	synchronized int lanes() {
		read();
		return this.lanes;
	}

	/** The last state of any engine, empty if none was recorded. */
	synchronized String lastState() {
		read();
		return this.states.isEmpty() ? "" : this.states.get(this.states.size() - 1).name();
	}

	/** When the last state was entered, in milliseconds since 1970. */
	synchronized long lastStateTime() {
		read();
		return this.states.isEmpty() ? 0 : this.states.get(this.states.size() - 1).time();
	}

	private void read() {
		if (Files.notExists(this.file)) {
			return;
		}
		try (RandomAccessFile reader = new RandomAccessFile(this.file.toFile(), "r")) {
			reader.seek(this.position);
			byte[] bytes = new byte[(int) (reader.length() - this.position)];
			reader.readFully(bytes);
			int end = bytes.length;
			while (end > 0 && bytes[end - 1] != '\n') {
				end--;
			}
			this.position += end;
			new String(bytes, 0, end, StandardCharsets.UTF_8).lines().forEach(this::add);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void add(String line) {
		String[] words = line.split(" ", 7);
		long time = Long.parseLong(words[1]);
		switch (words[0]) {
			case "event" ->
				this.events.add(new Event(time, words[2], words[3], words[4], Position.parse(words[5]), words[6]));
			case "state" -> this.states.add(new State(time, words[3], (words.length > 4) ? words[4] : ""));
			case "health" -> {
				String[] texts = line.split(" ", 4);
				this.health.add(new Health(time, texts[2], texts[3]));
			}
			case "resources" -> this.resources.add(new Resources(Long.parseLong(words[2]), Integer.parseInt(words[3])));
			case "failed" ->
				this.failures.computeIfAbsent(words[2], (table) -> new HashSet<>()).add(Long.valueOf(words[3]));
			case "lanes" -> this.lanes = Integer.parseInt(words[2]);
			default -> this.unknownBatches.add(words[2]);
		}
	}

	/**
	 * An event that a listener has processed.
	 *
	 * @param time the time in milliseconds since 1970
	 * @param listener the listener
	 * @param operation the operation
	 * @param table the table, without its schema
	 * @param position where the event is in the stream, {@code null} for a row that a
	 * snapshot read
	 * @param key the row's key
	 */
	record Event(long time, String listener, String operation, String table, @Nullable Position position, String key) {

		/** The key as the number that the writer counts. */
		long number() {
			return Long.parseLong(this.key);
		}

		boolean isRead() {
			return this.operation.equals("READ");
		}

		boolean isCreate() {
			return this.operation.equals("CREATE");
		}

		/** What is the same when the event is delivered again. */
		String identity() {
			return this.key + " " + this.operation + " " + this.position;
		}

		/** Whether this event is after another one in the stream. */
		boolean isAfter(Event other) {
			return this.position != null && other.position != null && this.position.compareTo(other.position) > 0;
		}

	}

	/**
	 * Where an event is in the stream. Changes of the same row are in the order of their
	 * LSNs.
	 */
	record Position(long lsn, long ordinal) implements Comparable<Position> {

		private static @Nullable Position parse(String text) {
			if (text.equals("-")) {
				return null;
			}
			String[] numbers = text.split(":");
			return new Position(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
		}

		@Override
		public int compareTo(Position other) {
			return (this.lsn != other.lsn) ? Long.compareUnsigned(this.lsn, other.lsn)
					: Long.compare(this.ordinal, other.ordinal);
		}

	}

	/**
	 * A state that an engine has entered.
	 *
	 * @param time the time in milliseconds since 1970
	 * @param name the state
	 * @param rules the rules by which the start is refused
	 */
	record State(long time, String name, String rules) {

	}

	/**
	 * Health of the application.
	 *
	 * @param time from when on, in milliseconds since 1970
	 * @param status the status
	 * @param problem the first problem in words, empty if there is none
	 */
	record Health(long time, String status, String problem) {

	}

	/**
	 * What the application needs.
	 *
	 * @param heap bytes of the heap after the last collection of long-lived objects
	 * @param threads the number of threads
	 */
	record Resources(long heap, int threads) {

		@Override
		public String toString() {
			return "heap " + this.heap / 1024 / 1024 + " MB, " + this.threads + " threads";
		}

	}

}
