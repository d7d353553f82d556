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

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Configuration properties of the connection to the database whose changes an engine
 * receives: {@code cdc.connection}.
 *
 * @since 0.1.0
 */
public class CdcConnectionProperties {

	/**
	 * JDBC URL of the database whose changes are received. By default the application's
	 * own database.
	 */
	private @Nullable String url;

	/**
	 * Host of the database, as an alternative to 'url'.
	 */
	private @Nullable String host;

	/**
	 * Port of the database, together with 'host'.
	 */
	private int port = 5432;

	/**
	 * Name of the database, together with 'host'.
	 */
	private @Nullable String database;

	/**
	 * User with the REPLICATION attribute. By default the user of the URL or of the
	 * application's own database.
	 */
	private @Nullable String username;

	/**
	 * Password of the user.
	 */
	private @Nullable String password;

	/**
	 * Additional properties of the PostgreSQL driver, such as 'targetServerType'.
	 */
	private final Map<String, String> driverProperties = new LinkedHashMap<>();

	private final Ssl ssl = new Ssl();

	public @Nullable String getUrl() {
		return this.url;
	}

	public void setUrl(@Nullable String url) {
		this.url = url;
	}

	public @Nullable String getHost() {
		return this.host;
	}

	public void setHost(@Nullable String host) {
		this.host = host;
	}

	public int getPort() {
		return this.port;
	}

	public void setPort(int port) {
		this.port = port;
	}

	public @Nullable String getDatabase() {
		return this.database;
	}

	public void setDatabase(@Nullable String database) {
		this.database = database;
	}

	public @Nullable String getUsername() {
		return this.username;
	}

	public void setUsername(@Nullable String username) {
		this.username = username;
	}

	public @Nullable String getPassword() {
		return this.password;
	}

	public void setPassword(@Nullable String password) {
		this.password = password;
	}

	public Map<String, String> getDriverProperties() {
		return this.driverProperties;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	/**
	 * TLS to the database.
	 */
	public static class Ssl {

		/**
		 * Name of the SSL bundle with trust and key material. The host name of the server
		 * is verified.
		 */
		private @Nullable String bundle;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

}
