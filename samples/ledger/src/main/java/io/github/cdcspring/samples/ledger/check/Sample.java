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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.samples.ledger.LedgerApplication;
import io.github.cdcspring.testsupport.ChildProcess;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/** The application as a process of its own, which can be killed. */
public class Sample implements Victim, AutoCloseable {

	private final String name;

	private static final String CONCURRENCY = "--cdc.backfill.concurrency=";

	private final List<String> command;

	private final Path log;

	private @Nullable ChildProcess process;

	Sample(Options options, TestDatabase source, TestDatabase mirror) {
		this("application", List.of(), options, source, mirror,
				options.bare() ? List.of() : List.of("--ledger.progress=true"));
	}

	/**
	 * Describe an application.
	 * @param name distinguishes its log
	 * @param jvm further options of the JVM
	 * @param options the options of the run
	 * @param source the source
	 * @param mirror the mirror
	 * @param arguments its further arguments, before those of the run
	 */
	public Sample(String name, List<String> jvm, Options options, TestDatabase source, TestDatabase mirror,
			List<String> arguments) {
		this.name = name;
		this.log = options.directory().resolve(name + ".log");
		this.command = program(jvm);
		this.command.addAll(List.of("--spring.datasource.url=" + source.jdbcUrl(),
				"--spring.datasource.username=" + source.user(), "--spring.datasource.password=" + source.password(),
				"--ledger.mirror.jdbc-url=" + mirror.jdbcUrl(), "--ledger.mirror.username=" + mirror.user(),
				"--cdc.offset.store=" + options.store(), "--cdc.listener.concurrency=" + options.lanes()));
		if (options.store().equals("file")) {
			this.command.add("--cdc.offset.file.path=" + options.directory().resolve("offset"));
		}
		if (options.drop() > 0) {
			this.command.add("--ledger.drop=" + options.drop());
		}
		if (options.fail() > 0) {
			this.command.add("--ledger.fail=" + options.fail());
		}
		if (options.bare()) {
			this.command.addAll(List.of("--ledger.bare=true", "--cdc.enabled=false",
					"--cdc.offset.file.path=" + options.directory().resolve("offset")));
		}
		if (options.backfill()) {
			this.command.addAll(List.of("--ledger.backfill=true", "--cdc.snapshot.mode=backfill"));
			if (options.application().stream().noneMatch((argument) -> argument.startsWith(CONCURRENCY))) {
				this.command.add(CONCURRENCY + "4");
			}
		}
		if (options.once()) {
			this.command.addAll(List.of("--ledger.once=true", "--cdc.listener.transactional=true",
					"--spring.datasource.hikari.maximum-pool-size=" + (options.lanes() + 3)));
		}
		this.command.addAll(arguments);
		this.command.addAll(options.application());
	}

	/** The packaged jar where the script names it, else the class path. */
	private static List<String> program(List<String> jvm) {
		String jar = System.getProperty("ledger.jar");
		List<String> program = new ArrayList<>(
				List.of("-Xmx512m", "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")));
		program.addAll(jvm);
		program.addAll((jar != null) ? List.of("-jar", jar)
				: List.of("-cp", System.getProperty("java.class.path"), LedgerApplication.class.getName()));
		return program;
	}

	@Override
	public synchronized void start() {
		this.process = ChildProcess.startJava(this.command, this.log);
	}

	@Override
	public synchronized void check() {
		if (this.process != null && !this.process.isAlive()) {
			throw new IllegalStateException("The %s ended by itself with status %d; its words are in %s"
				.formatted(this.name, this.process.exitValue(), this.log));
		}
	}

	@Override
	public synchronized String kill() {
		close();
		return this.name;
	}

	/**
	 * Ask it to end, and wait.
	 * @return whether it did so in time
	 */
	public synchronized boolean stop() {
		ChildProcess process = this.process;
		if (process == null) {
			return true;
		}
		process.requestEnd();
		boolean ended = process.awaitEnd(60);
		process.kill();
		this.process = null;
		return ended;
	}

	@Override
	public synchronized void close() {
		if (this.process != null) {
			this.process.kill();
		}
	}

}
