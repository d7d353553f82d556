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

package io.github.cdcspring.settings;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How the source database is reached.
 *
 * @param hosts host, or several as {@code h1:5432,h2}; the last one has no port
 * @param port the port, of several hosts the last one's
 * @param database the database
 * @param username the user
 * @param password the password
 * @param driverProperties further properties of the PostgreSQL driver ({@code sslmode},
 * {@code targetServerType}, …)
 * @since 0.1.0
 */
public record ConnectionSettings(String hosts, int port, String database, @Nullable String username,
		@Nullable String password, Map<String, String> driverProperties) {

	/**
	 * The URL, without user and password.
	 * @return the URL
	 */
	public String jdbcUrl() {
		return "jdbc:postgresql://" + this.hosts + ":" + this.port + "/" + this.database;
	}

	/** Where it leads to; no user, no password, no driver property. */
	@Override
	public String toString() {
		return jdbcUrl();
	}

}
