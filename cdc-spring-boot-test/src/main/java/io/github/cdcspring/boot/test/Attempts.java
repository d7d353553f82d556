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

package io.github.cdcspring.boot.test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Repeats statements on what the server is about to release.
 */
final class Attempts {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final String IN_USE = "55006";

	private Attempts() {
	}

	/**
	 * Repeat statements while what they need is in use.
	 * @throws SQLException if they fail for another reason, or it remains in use
	 */
	static void untilFree(Statements statements) throws SQLException {
		AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
		try {
			Awaitility.await()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(20))
				.atMost(TIMEOUT)
				.until(() -> isDone(statements, failure));
		}
		catch (ConditionTimeoutException ex) {
			// The last failure tells why
		}
		SQLException last = failure.get();
		if (last != null) {
			throw last;
		}
	}

	private static boolean isDone(Statements statements, AtomicReference<@Nullable SQLException> failure) {
		try {
			statements.execute();
			failure.set(null);
			return true;
		}
		catch (SQLException ex) {
			failure.set(ex);
			return !IN_USE.equals(ex.getSQLState());
		}
	}

	/**
	 * Statements that can be repeated.
	 */
	@FunctionalInterface
	interface Statements {

		void execute() throws SQLException;

	}

}
