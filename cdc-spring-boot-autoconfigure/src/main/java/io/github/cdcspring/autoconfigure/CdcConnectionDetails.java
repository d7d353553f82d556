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

package io.github.cdcspring.autoconfigure;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details of the connection to the database whose changes are received. A bean of this
 * type takes precedence over {@code cdc.connection.*} and over the application's own
 * database. It is asked each time a connection is opened, so that credentials can be
 * rotated while the application runs.
 *
 * @since 0.1.0
 */
public interface CdcConnectionDetails extends ConnectionDetails {

	/**
	 * Return the JDBC URL.
	 * @return the URL, {@code jdbc:postgresql://…}
	 */
	String getJdbcUrl();

	/**
	 * Return the user. It needs the REPLICATION attribute.
	 * @return the user, {@code null} to use that of the URL
	 */
	@Nullable String getUsername();

	/**
	 * Return the password.
	 * @return the password, {@code null} for none
	 */
	@Nullable String getPassword();

	/**
	 * Return additional properties of the PostgreSQL driver.
	 * @return the properties
	 */
	default Map<String, String> getDriverProperties() {
		return Map.of();
	}

}
