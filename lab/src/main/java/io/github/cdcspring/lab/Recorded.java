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
import java.util.List;

/**
 * What the probe has recorded so far. Reads only what was added since the last look.
 */
final class Recorded {

	private final Path file;

	private final List<Event> events = new ArrayList<>();

	private final List<State> states = new ArrayList<>();

	private final List<String> unknownBatches = new ArrayList<>();

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
		String[] words = line.split(" ", 6);
		long time = Long.parseLong(words[1]);
		switch (words[0]) {
			case "event" -> this.events.add(new Event(time, words[2], words[3], words[4], words[5]));
			case "state" -> this.states.add(new State(time, words[3], (words.length > 4) ? words[4] : ""));
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
	 * @param key the row's key
	 */
	record Event(long time, String listener, String operation, String table, String key) {

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

}
