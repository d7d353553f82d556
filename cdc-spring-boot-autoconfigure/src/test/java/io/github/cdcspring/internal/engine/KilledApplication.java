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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.FileOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.OffsetTakeover;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * An application in a process of its own that dies right after it has stored that row A
 * is handled, before the slot hears of it.
 */
final class KilledApplication {

	static final int EXIT_CODE = 137;

	private KilledApplication() {
	}

	/**
	 * Let it run until it dies.
	 */
	static void runUntilKilled(TestDatabase database, Path offsets, String... properties) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1",
						KilledApplication.class.getName(), database.host(), String.valueOf(database.port()),
						database.name(), "cdc.offset.store=file", "cdc.offset.file.path=" + offsets));
		command.addAll(List.of(properties));
		Process process = new ProcessBuilder(command).inheritIO().start();
		try {
			if (process.waitFor() != EXIT_CODE) {
				throw new IllegalStateException("The application ended with " + process.exitValue());
			}
		}
		finally {
			process.destroyForcibly();
		}
	}

	public static void main(String[] arguments) {
		TestDatabase database = new TestDatabase(arguments[0], Integer.parseInt(arguments[1]), arguments[2], "postgres",
				"postgres");
		Awaitility.setDefaultTimeout(Duration.ofMinutes(2));
		try {
			TestApplication.run(database, Dying.class, Arrays.copyOfRange(arguments, 3, arguments.length));
			database.execute("INSERT INTO letters VALUES ('A')");
		}
		catch (RuntimeException ex) {
			// Its threads would keep the process alive
			LoggerFactory.getLogger(KilledApplication.class).error("The application has not started", ex);
			Runtime.getRuntime().halt(1);
		}
	}

	record Letter(String letter) {
	}

	static class Letters {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener("letters")
		void on(Letter letter) {
			this.seen.add(letter.letter());
		}

	}

	static class Dying extends Letters {

		private volatile @Nullable Lsn received;

		@CdcListener("letters")
		void note(Lsn lsn) {
			this.received = lsn;
		}

		@Bean
		OffsetStore offsetStore(Environment environment) {
			FileOffsetStore file = new FileOffsetStore(
					Path.of(environment.getRequiredProperty("cdc.offset.file.path")));
			return new OffsetStore() {

				@Override
				public Optional<StoredOffset> load(OffsetKey key) {
					return file.load(key);
				}

				@Override
				public void save(OffsetKey key, long epoch, StoredOffset offset) {
					file.save(key, epoch, offset);
					Lsn received = Dying.this.received;
					if (received != null && offset.lsn().isAfter(received)) {
						Runtime.getRuntime().halt(EXIT_CODE);
					}
				}

				@Override
				public OffsetTakeover takeOver(OffsetKey key) {
					return file.takeOver(key);
				}

				@Override
				public void verify(OffsetKey key, long epoch) {
					file.verify(key, epoch);
				}

				@Override
				public ActionStep howToForget(OffsetKey key) {
					return file.howToForget(key);
				}

				@Override
				public boolean isDurable() {
					return true;
				}

			};
		}

	}

}
