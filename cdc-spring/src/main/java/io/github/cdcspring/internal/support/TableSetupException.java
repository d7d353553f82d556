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
import java.util.List;

/**
 * A table of the starter is missing, or the role may not use it.
 */
public final class TableSetupException extends SQLException {

	private static final long serialVersionUID = 1L;

	private final String problem;

	private final transient List<String> statements;

	private final String database;

	TableSetupException(String problem, List<String> statements, String database, SQLException cause) {
		super(cause.getMessage(), cause.getSQLState(), cause);
		this.problem = problem;
		this.statements = List.copyOf(statements);
		this.database = database;
	}

	/**
	 * What is wrong, a sentence.
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * What a superuser can run in the database of the table.
	 */
	public List<String> statements() {
		return this.statements;
	}

	/**
	 * The database of the table, as {@link TablePlace} identifies it.
	 */
	public String database() {
		return this.database;
	}

}
