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
 * How the database whose changes are received is reached. A bean of this type wins over
 * {@code cdc.connection.*} and over the application's own database.
 *
 * @since 0.1.0
 */
public interface CdcConnectionDetails extends ConnectionDetails {

	/**
	 * The URL.
	 * @return the URL, {@code jdbc:postgresql://…}
	 */
	String getJdbcUrl();

	/**
	 * The user, who needs the REPLICATION attribute.
	 * @return the user, {@code null} to leave it to the URL
	 */
	@Nullable String getUsername();

	/**
	 * The password.
	 * @return the password, {@code null} for none
	 */
	@Nullable String getPassword();

	/**
	 * Further properties of the PostgreSQL driver.
	 * @return the properties
	 */
	default Map<String, String> getDriverProperties() {
		return Map.of();
	}

}
