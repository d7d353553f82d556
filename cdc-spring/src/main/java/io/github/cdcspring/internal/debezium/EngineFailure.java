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

package io.github.cdcspring.internal.debezium;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.DeliveryStoppedException;
import io.github.cdcspring.internal.listener.FailedDelivery;
import io.github.cdcspring.internal.listener.ListenerFailedException;
import io.github.cdcspring.internal.row.RowMappingException;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.internal.support.StoreException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * Why a run ended. The message contains no row data.
 *
 * @param message the cause
 * @param kind what kind of failure it is
 * @param cause the exception to log with the message, {@code null} if there is none
 * @param processedPast for the failure of a listener, the LSN that the stored offset has
 * passed as soon as the event is processed
 * @param backfilled the tables of the rows that the listener failed at, if these are
 * existing rows, none otherwise
 * @param delivery the delivery that failed, {@code null} for another failure
 * @see <a href=
 * "https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error
 * codes</a>
 */
public record EngineFailure(String message, Kind kind, @Nullable Throwable cause, @Nullable Lsn processedPast,
		Set<TableId> backfilled, @Nullable FailedDelivery delivery) {

	EngineFailure(String message, Kind kind, @Nullable Throwable cause) {
		this(message, kind, cause, null, Set.of(), null);
	}

	/**
	 * Classify what Debezium reported.
	 * @param message Debezium's message, {@code null} if there was none
	 * @param error Debezium's error, {@code null} if there was none
	 * @return the failure
	 */
	public static EngineFailure of(@Nullable String message, @Nullable Throwable error) {
		for (Throwable cause = error; cause != null; cause = next(cause)) {
			if (cause instanceof ListenerFailedException failed) {
				Throwable thrown = cause.getCause();
				Lsn processedPast = failed.processedPast();
				return new EngineFailure(message(cause), (processedPast != null) ? Kind.LISTENER : Kind.PERMANENT,
						(thrown != null) ? thrown : cause, processedPast, failed.backfilled(), failed.delivery());
			}
			if (cause instanceof RowMappingException) {
				return new EngineFailure(message(cause), Kind.PERMANENT, cause);
			}
			if (cause instanceof DeliveryStoppedException) {
				continue;
			}
			if (cause instanceof NotReadyException) {
				return new EngineFailure(message(cause), Kind.TEMPORARY, cause);
			}
			if (cause instanceof StoreException) {
				return new EngineFailure(message(cause), kindOfStore(FailureRule.ofChain(cause)), cause);
			}
			if (cause instanceof UnreadableEventException unreadable) {
				return new EngineFailure(message(cause), unreadable.isLasting() ? Kind.PERMANENT : Kind.TEMPORARY,
						cause);
			}
			if (cause instanceof CdcException) {
				return new EngineFailure(message(cause), kindOfReading(cause), cause);
			}
			if (cause instanceof SQLException || cause instanceof IOException) {
				return of(cause);
			}
		}
		if (error == null) {
			return new EngineFailure((message != null) ? message : "Debezium's engine ended without a reason",
					Kind.TEMPORARY, null);
		}
		Throwable root = error;
		for (Throwable cause = error; cause != null; cause = next(cause)) {
			root = cause;
		}
		return new EngineFailure(message(root), Kind.UNEXPECTED, root);
	}

	/** What the server could not be asked for may be known at the next start. */
	private static Kind kindOfReading(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = next(cause)) {
			if (cause instanceof SQLException || cause instanceof IOException) {
				return of(cause).kind();
			}
		}
		return Kind.PERMANENT;
	}

	/** A store that worked before may work again, whatever the failure. */
	private static Kind kindOfStore(@Nullable FailureRule rule) {
		if (rule == null || !rule.kind().isLasting()) {
			return Kind.TEMPORARY;
		}
		return (rule == FailureRule.NOT_POSTGRESQL) ? Kind.PERMANENT : Kind.SETUP;
	}

	private static EngineFailure of(Throwable cause) {
		FailureRule rule = FailureRule.ofChain(cause);
		if (rule == null) {
			return new EngineFailure(message(cause),
					(cause instanceof SQLException) ? Kind.TEMPORARY : Kind.CONNECTION_LOST, cause);
		}
		String action = rule.action();
		return new EngineFailure(message(cause) + ((action != null) ? withStop(message(cause)) + action : ""),
				rule.kind(), cause);
	}

	private static String withStop(String sentence) {
		return sentence.endsWith(".") ? " " : ". ";
	}

	/**
	 * Return the same failure after as many restarts as the settings allow.
	 * @param restarts the number of restarts
	 * @param setting the setting that limits them
	 * @return a permanent failure
	 */
	public EngineFailure afterRestarts(int restarts, String setting) {
		return new EngineFailure(
				this.message + " The engine was restarted " + restarts + ((restarts == 1) ? " time" : " times")
						+ ", as often as " + setting
						+ " allows, and stays stopped. Fix the cause, then restart the engine.",
				Kind.PERMANENT, this.cause, null, Set.of(), this.delivery);
	}

	/**
	 * Whether a restart may succeed without a change of settings or server.
	 * @return {@code true} if it may
	 */
	public boolean isTemporary() {
		return !this.kind.isLasting();
	}

	/**
	 * Whether a restart may succeed once the engine has worked: settings and server fit
	 * then, so that someone is changing one of them.
	 * @return {@code true} if it may
	 */
	public boolean isTemporaryOnceStarted() {
		return this.kind != Kind.PERMANENT;
	}

	/**
	 * Whether the connection to the server was lost or cannot be opened.
	 * @return {@code true} if it was
	 */
	public boolean isConnectionLost() {
		return this.kind == Kind.CONNECTION_LOST;
	}

	/**
	 * Whether the message alone does not explain the failure.
	 * @return {@code true} if the exception is needed
	 */
	public boolean isUnexpected() {
		return this.kind == Kind.UNEXPECTED || this.kind == Kind.LISTENER;
	}

	private static @Nullable Throwable next(Throwable throwable) {
		return (throwable.getCause() != throwable) ? throwable.getCause() : null;
	}

	/**
	 * Leaves out the server's detail and context, which may contain a row.
	 */
	private static String message(Throwable throwable) {
		if (throwable instanceof PSQLException sql && sql.getServerErrorMessage() != null) {
			return sql.getServerErrorMessage().getMessage() + " (SQLSTATE " + sql.getSQLState() + ")";
		}
		String message = throwable.getMessage();
		return (message != null) ? message : throwable.getClass().getName();
	}

	/**
	 * The kinds of failures.
	 */
	public enum Kind {

		/** The connection was lost or cannot be opened. */
		CONNECTION_LOST,

		/** A restart may succeed. */
		TEMPORARY,

		/** The cause is not known, so a restart may succeed. */
		UNEXPECTED,

		/** A listener failed, and may succeed when the event is delivered again. */
		LISTENER,

		/**
		 * Settings and server do not fit. It passes if the engine has worked with them
		 * before, and does not pass otherwise.
		 */
		SETUP,

		/** A restart would fail again until someone changes settings, code or server. */
		PERMANENT;

		/** Whether the failure of a first start does not pass by itself. */
		boolean isLasting() {
			return this == SETUP || this == PERMANENT;
		}

	}

}
