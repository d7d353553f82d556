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

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.samples.ledger.LedgerApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/** The application as a process of its own, which can be killed. */
class Sample implements AutoCloseable {

	private static final String CONCURRENCY = "--cdc.backfill.concurrency=";

	private final List<String> command;

	private final Path log;

	private @Nullable Process process;

	Sample(Options options, TestDatabase source, TestDatabase mirror) {
		this.log = options.directory().resolve("application.log");
		this.command = new ArrayList<>(program());
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
		this.command.addAll(options.application());
	}

	/** The packaged jar where the script names it, else the class path. */
	private static List<String> program() {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		String jar = System.getProperty("ledger.jar");
		List<String> program = new ArrayList<>(
				List.of(java, "-Xmx512m", "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")));
		program.addAll((jar != null) ? List.of("-jar", jar)
				: List.of("-cp", System.getProperty("java.class.path"), LedgerApplication.class.getName()));
		return program;
	}

	synchronized void start() throws IOException {
		this.process = new ProcessBuilder(this.command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.log.toFile()))
			.start();
	}

	/** Fail if the application has ended by itself. */
	synchronized void check() {
		if (this.process != null && !this.process.isAlive()) {
			throw new IllegalStateException("The application ended by itself with status %d; its words are in %s"
				.formatted(this.process.exitValue(), this.log));
		}
	}

	/** End it as nothing else does: without a word to it. */
	synchronized void kill() throws InterruptedException {
		if (this.process != null) {
			this.process.destroyForcibly().waitFor();
		}
	}

	/**
	 * Ask it to end, and wait.
	 * @return whether it did so in time
	 */
	synchronized boolean stop() throws InterruptedException {
		Process process = this.process;
		if (process == null) {
			return true;
		}
		process.destroy();
		boolean ended = process.waitFor(60, TimeUnit.SECONDS);
		process.destroyForcibly().waitFor();
		this.process = null;
		return ended;
	}

	@Override
	public synchronized void close() {
		if (this.process != null) {
			this.process.destroyForcibly();
		}
	}

}
