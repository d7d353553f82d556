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
import io.github.cdcspring.internal.listener.DeliveryStoppedException;
import io.github.cdcspring.internal.listener.ListenerFailedException;
import io.github.cdcspring.internal.row.RowMappingException;
import io.github.cdcspring.internal.support.StoreException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * Why a run ended. The message contains no row data.
 *
 * @param message the cause
 * @param kind what kind of failure it is
 * @param cause the exception to log with the message, {@code null} if there is none
 * @see <a href=
 * "https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error
 * codes</a>
 */
public record EngineFailure(String message, Kind kind, @Nullable Throwable cause) {

	/**
	 * Classes of SQLSTATE that only an operator can fix: authentication, missing
	 * database, privileges and objects, unsupported features, invalid data.
	 */
	private static final Set<String> PERMANENT = Set.of("28", "3D", "42", "0A", "22");

	/** Connection exceptions, and servers that are shutting down or starting. */
	private static final Set<String> CONNECTION_LOST = Set.of("08", "57P01", "57P02", "57P03");

	/**
	 * Classify what Debezium reported.
	 * @param message Debezium's message, {@code null} if there was none
	 * @param error Debezium's error, {@code null} if there was none
	 * @return the failure
	 */
	public static EngineFailure of(@Nullable String message, @Nullable Throwable error) {
		for (Throwable cause = error; cause != null; cause = next(cause)) {
			if (cause instanceof ListenerFailedException) {
				Throwable thrown = cause.getCause();
				return new EngineFailure(message(cause), Kind.PERMANENT, (thrown != null) ? thrown : cause);
			}
			if (cause instanceof RowMappingException) {
				return new EngineFailure(message(cause), Kind.PERMANENT, cause);
			}
			if (cause instanceof DeliveryStoppedException) {
				continue;
			}
			if (cause instanceof StoreException) {
				return new EngineFailure(message(cause), Kind.TEMPORARY, cause);
			}
			if (cause instanceof CdcException) {
				return new EngineFailure(message(cause), Kind.PERMANENT, cause);
			}
			if (cause instanceof SQLException sql) {
				return new EngineFailure(message(sql), kind(sql), cause);
			}
			if (cause instanceof IOException) {
				return new EngineFailure(message(cause), Kind.CONNECTION_LOST, cause);
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

	private static Kind kind(SQLException ex) {
		String state = ex.getSQLState();
		if (state == null || state.length() != 5) {
			return Kind.TEMPORARY;
		}
		if (CONNECTION_LOST.stream().anyMatch(state::startsWith)) {
			return Kind.CONNECTION_LOST;
		}
		return PERMANENT.contains(state.substring(0, 2)) ? Kind.PERMANENT : Kind.TEMPORARY;
	}

	/**
	 * Whether a restart may succeed without a change of settings or server.
	 * @return {@code true} if it may
	 */
	public boolean isTemporary() {
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
		return this.kind == Kind.UNEXPECTED;
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

		/** A restart would fail again until someone changes settings, code or server. */
		PERMANENT

	}

}
