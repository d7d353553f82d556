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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Something that fails while an application receives, and what the application is
 * expected to do.
 */
final class Fault {

	private final String name;

	private final String title;

	private final Action action;

	private List<String> refusals = List.of();

	private boolean noticed = true;

	private boolean restarting;

	private List<String> arguments = List.of();

	private @Nullable Function<Path, Map<String, String>> environment;

	private @Nullable String disk;

	private @Nullable String prepared;

	private @Nullable String unavailable;

	private @Nullable Function<FaultScene, Set<Long>> kept;

	private Fault(String name, String title, Action action) {
		this.name = name;
		this.title = title;
		this.action = action;
	}

	/**
	 * A fault that health must show, and from which the engine recovers by itself.
	 * @param name the name on the command line
	 * @param title what fails, in words
	 * @param action makes it happen, and ends when its cause has passed
	 */
	static Fault of(String name, String title, Action action) {
		return new Fault(name, title, action);
	}

	/**
	 * With this fault, the engine refuses to continue until the operator decides.
	 * @param rules the rules of which one refuses
	 */
	Fault refusedBy(String... rules) {
		this.refusals = List.of(rules);
		return this;
	}

	/** This fault does no harm, or its cause passes before health can show it. */
	Fault unnoticed() {
		this.noticed = false;
		return this;
	}

	/** The application is started again. */
	Fault restarting() {
		this.restarting = true;
		return this;
	}

	/** The application has further settings. */
	Fault with(String... arguments) {
		this.arguments = List.of(arguments);
		return this;
	}

	/**
	 * The application has further variables in its environment.
	 * @param environment tells them for the directory of the scene
	 */
	Fault in(Function<Path, Map<String, String>> environment) {
		this.environment = environment;
		return this;
	}

	/** A directory of the scene is a disk that is small enough to fill. */
	Fault onSmallDisk(String directory) {
		this.disk = directory;
		return unless(!SmallDisk.AVAILABLE, "a process may not mount a file system for itself");
	}

	/** A statement prepares the database before the application starts. */
	Fault prepared(String sql) {
		this.prepared = sql;
		return this;
	}

	/** This fault needs something that may be missing. */
	Fault unless(boolean missing, String reason) {
		this.unavailable = missing ? reason : null;
		return this;
	}

	/**
	 * The application keeps some rows from its listeners.
	 * @param numbers a query for their numbers
	 */
	Fault keeping(String numbers) {
		this.kept = (scene) -> scene.numbers(numbers);
		return this;
	}

	/** The application skips rows whose listener failed, and no others. */
	Fault skipping() {
		this.kept = (scene) -> scene.recorded().failures(LedgerTables.EXTRA);
		return this;
	}

	String name() {
		return this.name;
	}

	String title() {
		return this.title;
	}

	/** The rules of which one refuses to continue, none if the engine recovers. */
	List<String> refusals() {
		return this.refusals;
	}

	/** Whether health must show the fault. */
	boolean isNoticed() {
		return this.noticed;
	}

	/** Whether the application is started again. */
	boolean isRestarting() {
		return this.restarting;
	}

	List<String> arguments() {
		return this.arguments;
	}

	Map<String, String> environment(Path directory) {
		return (this.environment != null) ? this.environment.apply(directory) : Map.of();
	}

	/** Why this fault cannot be produced here, {@code null} if it can. */
	@Nullable String unavailable() {
		return this.unavailable;
	}

	/** The directory that is a small disk, {@code null} if none is. */
	@Nullable String disk() {
		return this.disk;
	}

	/** What prepares the database, {@code null} for nothing. */
	@Nullable String prepared() {
		return this.prepared;
	}

	/** The rows that the listeners do not get, {@code null} for none. */
	@Nullable Function<FaultScene, Set<Long>> kept() {
		return this.kept;
	}

	/** Whether the application cannot be used for another fault afterwards. */
	boolean isAlone() {
		return !this.refusals.isEmpty() || this.kept != null || this.environment != null || this.prepared != null
				|| !this.arguments.isEmpty();
	}

	void happen(FaultScene scene) {
		try {
			this.action.happen(scene);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		return this.name;
	}

	/** Makes a fault happen. */
	@FunctionalInterface
	interface Action {

		void happen(FaultScene scene) throws IOException;

	}

}
