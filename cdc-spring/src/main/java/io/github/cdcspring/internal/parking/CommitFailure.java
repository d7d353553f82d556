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

package io.github.cdcspring.internal.parking;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;

import io.github.cdcspring.internal.support.SqlState;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionException;
import org.springframework.transaction.UnexpectedRollbackException;

/**
 * Whose failure a failed commit is. A commit also writes what a listener has only
 * registered, such as the entities of a persistence context, and checks it: deferred
 * constraints, validation, and optimistic locks fail as often as the event is delivered.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error
 * codes</a>
 */
final class CommitFailure {

	/**
	 * Classes of SQLSTATE that say nothing about what was written: connection,
	 * transaction rollback, resources, intervention, system and internal errors.
	 */
	private static final Set<String> OF_DATABASE = Set.of("08", "40", "53", "57", "58", "XX");

	/**
	 * A server that is read-only, sessions that a timeout ended, and locks that were not
	 * to be had.
	 */
	private static final Set<String> PASSING = Set.of(SqlState.READ_ONLY_TRANSACTION,
			SqlState.IDLE_IN_TRANSACTION_TIMEOUT, SqlState.TRANSACTION_TIMEOUT, SqlState.LOCK_NOT_AVAILABLE);

	private CommitFailure() {
	}

	/**
	 * Whether a commit failed because of what a listener wrote, so that the next one may
	 * fail in the same way.
	 */
	static boolean isOfListener(Throwable failure) {
		if (failure instanceof UnexpectedRollbackException) {
			return true;
		}
		Throwable root = failure;
		for (Throwable cause = failure; cause != null; cause = (cause.getCause() != cause) ? cause.getCause() : null) {
			if (cause instanceof SQLException sql) {
				return isOfListener(sql.getSQLState());
			}
			if (cause instanceof Error || cause instanceof IOException) {
				return false;
			}
			root = cause;
		}
		return !isOfTransaction(root);
	}

	/** Without an SQLSTATE, the driver or the pool has failed. */
	private static boolean isOfListener(@Nullable String state) {
		return state != null && state.length() == 5 && !OF_DATABASE.contains(state.substring(0, 2))
				&& !PASSING.contains(state);
	}

	/** A transaction manager that names no further cause has failed itself. */
	private static boolean isOfTransaction(Throwable root) {
		return root instanceof TransactionException || root.getClass().getName().startsWith("jakarta.transaction.");
	}

}
