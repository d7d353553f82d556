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

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.net.ssl.SSLException;

import io.github.cdcspring.internal.debezium.EngineFailure.Kind;
import io.github.cdcspring.internal.support.UnsupportedDatabaseException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.GT;

/**
 * What a failure of connection or server means for an engine. The rule with the longest
 * matching SQLSTATE applies; what matches no rule may pass.
 *
 * @param id the beginning of the SQLSTATE, or a name for what has none of its own
 * @param kind what the failure means
 * @param reason why
 * @param action what to do, {@code null} if the failure passes by itself
 * @see <a href=
 * "https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL: error
 * codes</a>
 */
record FailureRule(String id, Kind kind, String reason, @Nullable String action) {

	static final FailureRule TLS = new FailureRule("tls", Kind.SETUP,
			"The certificate of the server is not trusted, has expired, or has another host name.",
			"Check sslmode, the trusted certificates, and the host name in the server's certificate.");

	static final FailureRule DRIVER_CLASS = new FailureRule("driver-class", Kind.SETUP,
			"A class that a property of the driver names cannot be created.",
			"Check the class names in cdc.connection.driver-properties and in the URL.");

	static final FailureRule DAMAGED_WAL = new FailureRule("damaged-wal", Kind.PERMANENT,
			"The server cannot read a record of its WAL, and no slot can pass it.",
			"Fail over to a standby whose WAL is intact, or restore the server. Otherwise create a new slot and read "
					+ "the tables again.");

	static final FailureRule NOT_POSTGRESQL = new FailureRule("not-postgresql", Kind.PERMANENT,
			"A table of the starter is in a database that is not PostgreSQL.", null);

	static final List<FailureRule> RULES = List.of(passing("08", Kind.CONNECTION_LOST, "Network or server are away."),
			new FailureRule("08004", Kind.SETUP,
					"Server or driver reject the connection: no password is set, or one side lacks TLS or the "
							+ "authentication method.",
					"Check the password (spring.datasource.password, unless cdc.connection.password is set), sslmode and the "
							+ "authentication method in pg_hba.conf."),
			new FailureRule("0A", Kind.SETUP, "The server does not support it.", "Check the version of the server."),
			new FailureRule("22", Kind.PERMANENT, "The same data fails again.",
					"Check the value that the server names."),
			passing("25006", Kind.TEMPORARY, "The server is a standby, and a failover may not be complete."),
			new FailureRule("28", Kind.SETUP,
					"User, password or pg_hba.conf are wrong. After a start it passes, because credentials are rotated.",
					"Check user and password (spring.datasource.*, unless cdc.connection.* is set) and pg_hba.conf."),
			new FailureRule("3D", Kind.SETUP,
					"The database does not exist. After a start it passes, because it may be restored.",
					"Check the database in the URL (spring.datasource.url, unless cdc.connection.url is set)."),
			new FailureRule("3F", Kind.SETUP, "A schema does not exist.", "Create the schema, or set search_path."),
			passing("40", Kind.TEMPORARY, "Transactions were in conflict."),
			new FailureRule("42", Kind.SETUP,
					"A right or an object is missing. After a start it passes, because rights and objects are changed "
							+ "in steps.",
					"Grant the right, or create the object."),
			new FailureRule("42704", Kind.SETUP,
					"An object such as the publication does not exist. After a start it passes, because objects are "
							+ "changed in steps. Before PostgreSQL 18, it does not pass if the publication was created "
							+ "after changes that the slot has yet to send.",
					"Create the object. If it is the publication and exists, create a new slot and read the tables again."),
			passing("53", Kind.TEMPORARY, "The server lacks connections, memory or disk."),
			passing("55", Kind.TEMPORARY, "An object is in use or not ready, such as a slot that is active."),
			passing("57", Kind.TEMPORARY, "An operator or a timeout canceled the statement."),
			passing("57P01", Kind.CONNECTION_LOST, "The server is shutting down, or an operator ended the connection."),
			passing("57P02", Kind.CONNECTION_LOST, "The server crashed and recovers."),
			passing("57P03", Kind.CONNECTION_LOST, "The server is starting."),
			passing("57P05", Kind.CONNECTION_LOST, "The connection was idle for too long."),
			passing("58", Kind.TEMPORARY, "The server's system failed."),
			new FailureRule("XX001", Kind.PERMANENT, "The server found damaged data.",
					"Fail over to an intact standby, or restore the server."),
			new FailureRule("XX002", Kind.PERMANENT, "The server found a damaged index.",
					"Run REINDEX on the index that the server names."),
			TLS, DRIVER_CLASS, DAMAGED_WAL, NOT_POSTGRESQL);

	private static final Pattern UNVERIFIED_HOST = driverMessage(
			"The hostname {0} could not be verified by hostnameverifier {1}.");

	private static final Pattern DAMAGED = Pattern.compile(
			"could not find record while (sending|advancing)"
					+ "|(record|page|length|block|magic|checksum|prev-link)[^\n]* (in|at) [0-9A-F]+/[0-9A-F]+",
			Pattern.CASE_INSENSITIVE);

	private static FailureRule passing(String id, Kind kind, String reason) {
		return new FailureRule(id, kind, reason, null);
	}

	/**
	 * Find the rule for a failure and its causes.
	 * @return the rule, {@code null} if there is none
	 */
	static @Nullable FailureRule ofChain(Throwable failure) {
		FailureRule found = null;
		for (Throwable cause = failure; cause != null; cause = (cause.getCause() != cause) ? cause.getCause() : null) {
			FailureRule rule = of(cause);
			if (rule != null && (found == null || (rule.kind.isLasting() && !found.kind.isLasting()))) {
				found = rule;
			}
		}
		return found;
	}

	private static @Nullable FailureRule of(Throwable cause) {
		if (cause instanceof UnsupportedDatabaseException) {
			return NOT_POSTGRESQL;
		}
		if (isTls(cause)) {
			return TLS;
		}
		if (cause instanceof ReflectiveOperationException) {
			return DRIVER_CLASS;
		}
		if (!(cause instanceof SQLException sql)) {
			return null;
		}
		String state = sql.getSQLState();
		if (state == null || state.length() != 5) {
			return null;
		}
		if (state.startsWith("XX") && isWalDamaged(sql)) {
			return DAMAGED_WAL;
		}
		FailureRule longest = null;
		for (FailureRule rule : RULES) {
			if (state.startsWith(rule.id) && (longest == null || rule.id.length() > longest.id.length())) {
				longest = rule;
			}
		}
		return longest;
	}

	/**
	 * A handshake that fails for its content, or a file of certificates that cannot be
	 * used. A handshake that ends because the connection is lost has the loss as its
	 * cause.
	 */
	private static boolean isTls(Throwable cause) {
		if (cause instanceof SSLException) {
			Throwable reason = cause.getCause();
			return !(reason instanceof EOFException)
					&& (!(reason instanceof IOException) || reason instanceof SSLException);
		}
		if (cause instanceof GeneralSecurityException || cause instanceof FileNotFoundException
				|| cause instanceof NoSuchFileException) {
			return true;
		}
		return cause instanceof SQLException && cause.getMessage() != null
				&& UNVERIFIED_HOST.matcher(cause.getMessage()).find();
	}

	/** The driver translates its messages, so compare with the translated one. */
	private static Pattern driverMessage(String message) {
		String placeholder = "\u0001";
		return Pattern.compile(Arrays.stream(GT.tr(message, placeholder, placeholder).split(placeholder, -1))
			.map(Pattern::quote)
			.collect(Collectors.joining(".*")));
	}

	private static boolean isWalDamaged(SQLException sql) {
		return sql.getMessage() != null && DAMAGED.matcher(sql.getMessage()).find();
	}

}
