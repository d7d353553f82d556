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
import io.github.cdcspring.internal.listener.ListenerFailedException;
import io.github.cdcspring.internal.row.RowMappingException;
import io.github.cdcspring.internal.support.StoreException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * Why an engine ended, in words without row data, and whether the cause may pass by
 * itself.
 *
 * @param words the cause
 * @param mayPass whether trying again is worth it
 * @param cause the exception, {@code null} where Debezium gave none
 * @see <a href=
 * "https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error
 * codes</a>
 */
public record EngineFailure(String words, boolean mayPass, @Nullable Throwable cause) {

	/**
	 * Classes of SQLSTATE that nobody but the operator mends: who may enter, what may be
	 * done, what exists, what is understood.
	 */
	private static final Set<String> PERMANENT = Set.of("28", "3D", "42", "0A", "22");

	/**
	 * Classify what an engine ended with.
	 * @param message the message of Debezium, which may be all there is
	 * @param error the error of Debezium, {@code null} if there was none
	 */
	public static EngineFailure of(@Nullable String message, @Nullable Throwable error) {
		for (Throwable cause = error; cause != null; cause = next(cause)) {
			if (cause instanceof ListenerFailedException || cause instanceof RowMappingException) {
				return new EngineFailure(words(cause), false, cause);
			}
			if (cause instanceof StoreException) {
				return new EngineFailure(words(cause), true, cause);
			}
			if (cause instanceof CdcException) {
				return new EngineFailure(words(cause), false, cause);
			}
			if (cause instanceof SQLException sql) {
				return new EngineFailure(words(sql), !isPermanent(sql), cause);
			}
			if (cause instanceof IOException) {
				return new EngineFailure("The connection failed: " + words(cause), true, cause);
			}
		}
		if (error == null) {
			return new EngineFailure((message != null) ? message : "The engine ended and gave no reason", true, null);
		}
		Throwable root = error;
		for (Throwable cause = error; cause != null; cause = next(cause)) {
			root = cause;
		}
		return new EngineFailure(words(root), true, error);
	}

	private static boolean isPermanent(SQLException ex) {
		String state = ex.getSQLState();
		return state != null && state.length() == 5 && PERMANENT.contains(state.substring(0, 2));
	}

	private static @Nullable Throwable next(Throwable throwable) {
		return (throwable.getCause() != throwable) ? throwable.getCause() : null;
	}

	/**
	 * The server's detail and where clause, which may hold a row, are left out.
	 */
	private static String words(Throwable throwable) {
		if (throwable instanceof PSQLException sql && sql.getServerErrorMessage() != null) {
			return sql.getServerErrorMessage().getMessage() + " (SQLSTATE " + sql.getSQLState() + ")";
		}
		String message = throwable.getMessage();
		return (message != null) ? message : throwable.getClass().getName();
	}

}
