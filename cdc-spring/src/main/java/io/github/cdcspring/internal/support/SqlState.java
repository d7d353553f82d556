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

package io.github.cdcspring.internal.support;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * The codes of errors that are told apart.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error
 * codes</a>
 */
public final class SqlState {

	/** {@code sqlclient_unable_to_establish_sqlconnection}. */
	public static final String UNABLE_TO_CONNECT = "08001";

	/** {@code connection_does_not_exist}. */
	public static final String CONNECTION_CLOSED = "08003";

	/** {@code connection_failure}. */
	public static final String CONNECTION_FAILURE = "08006";

	/** {@code protocol_violation}. */
	public static final String PROTOCOL_VIOLATION = "08P01";

	/** {@code feature_not_supported}. */
	public static final String FEATURE_NOT_SUPPORTED = "0A000";

	/** {@code invalid_parameter_value}. */
	public static final String INVALID_PARAMETER_VALUE = "22023";

	/** {@code read_only_sql_transaction}. */
	public static final String READ_ONLY_TRANSACTION = "25006";

	/** {@code idle_in_transaction_session_timeout}. */
	public static final String IDLE_IN_TRANSACTION_TIMEOUT = "25P03";

	/** {@code transaction_timeout}. */
	public static final String TRANSACTION_TIMEOUT = "25P04";

	/** {@code invalid_schema_name}. */
	public static final String UNDEFINED_SCHEMA = "3F000";

	/** {@code insufficient_privilege}. */
	public static final String INSUFFICIENT_PRIVILEGE = "42501";

	/** {@code undefined_column}. */
	public static final String UNDEFINED_COLUMN = "42703";

	/** {@code duplicate_object}. */
	public static final String DUPLICATE_OBJECT = "42710";

	/** {@code datatype_mismatch}. */
	public static final String DATATYPE_MISMATCH = "42804";

	/** {@code undefined_function}. */
	public static final String UNDEFINED_FUNCTION = "42883";

	/** {@code invalid_column_reference}. */
	public static final String INVALID_COLUMN_REFERENCE = "42P10";

	/** {@code undefined_table}. */
	public static final String UNDEFINED_TABLE = "42P01";

	/** {@code disk_full}. */
	public static final String DISK_FULL = "53100";

	/** {@code too_many_connections}. */
	public static final String TOO_MANY_CONNECTIONS = "53300";

	/** {@code lock_not_available}. */
	public static final String LOCK_NOT_AVAILABLE = "55P03";

	/** {@code query_canceled}. */
	public static final String QUERY_CANCELED = "57014";

	/** {@code undefined_file}. */
	public static final String UNDEFINED_FILE = "58P01";

	private static final String CONNECTION_EXCEPTIONS = "08";

	private static final String OPERATOR_INTERVENTIONS = "57P";

	private SqlState() {
	}

	/**
	 * Whether an error has one of some codes.
	 */
	public static boolean is(SQLException ex, String... states) {
		String state = ex.getSQLState();
		for (String each : states) {
			if (each.equals(state)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a code says that there is no connection.
	 */
	public static boolean isConnectionException(@Nullable String state) {
		return state != null && state.startsWith(CONNECTION_EXCEPTIONS);
	}

	/**
	 * Whether the connection is gone: it broke, or the server or an administrator ended
	 * it.
	 */
	public static boolean isEndOfConnection(SQLException ex) {
		String state = ex.getSQLState();
		return isConnectionException(state) || state != null && state.startsWith(OPERATOR_INTERVENTIONS)
				|| is(ex, IDLE_IN_TRANSACTION_TIMEOUT);
	}

}
