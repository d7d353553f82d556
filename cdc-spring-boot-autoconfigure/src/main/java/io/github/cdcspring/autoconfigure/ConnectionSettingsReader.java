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
import java.util.Properties;

import io.github.cdcspring.settings.ConnectionSettings;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/**
 * Finds out how the source database is reached: a {@link CdcConnectionDetails} bean, else
 * {@code cdc.connection.*}, else the application's own database.
 */
class ConnectionSettingsReader {

	private final @Nullable CdcConnectionDetails bean;

	private final @Nullable CdcConnectionDetails application;

	private final ObjectProvider<SslBundles> sslBundles;

	ConnectionSettingsReader(@Nullable CdcConnectionDetails bean, @Nullable CdcConnectionDetails application,
			ObjectProvider<SslBundles> sslBundles) {
		this.bean = bean;
		this.application = application;
		this.sslBundles = sslBundles;
	}

	ConnectionSettings read(String prefix, CdcEngineProperties properties) {
		CdcEngineProperties.Connection connection = properties.getConnection();
		Map<String, String> driver = new LinkedHashMap<>();
		// the server's detail to an error may hold a row
		driver.put("logServerErrorDetail", "false");
		String bundle = connection.getSsl().getBundle();
		if (bundle != null) {
			driver
				.putAll(SslBundleSocketFactory.driverProperties(bundle, this.sslBundles.getObject().getBundle(bundle)));
		}
		driver.putAll(connection.getDriverProperties());
		CdcConnectionDetails details = details(prefix, connection);
		driver.putAll(details.getDriverProperties());
		return settings(prefix, details, driver);
	}

	private CdcConnectionDetails details(String prefix, CdcEngineProperties.Connection connection) {
		String url = url(prefix, connection);
		if (this.bean != null) {
			return this.bean;
		}
		if (url != null) {
			return new Configured(url, connection.getUsername(), connection.getPassword());
		}
		if (this.application != null) {
			CdcConnectionDetails application = this.application;
			return new Configured(application.getJdbcUrl(),
					StringUtils.hasText(connection.getUsername()) ? connection.getUsername()
							: application.getUsername(),
					StringUtils.hasText(connection.getUsername()) ? connection.getPassword()
							: application.getPassword());
		}
		throw new InvalidCdcPropertyException(prefix + ".connection.url",
				"is not set, and how the application itself reaches a database is not known: it has no "
						+ "'spring.datasource.url', or declares its own DataSource bean.",
				"Set '" + prefix + ".connection.url', '.username' and '.password', or declare a "
						+ "CdcConnectionDetails bean.");
	}

	private static @Nullable String url(String prefix, CdcEngineProperties.Connection connection) {
		if (connection.getUrl() != null && connection.getHost() != null) {
			throw new InvalidCdcPropertyException(prefix + ".connection.host",
					"is set beside '" + prefix + ".connection.url'.", "Use either the URL or its parts.");
		}
		if (connection.getHost() == null) {
			return connection.getUrl();
		}
		if (connection.getDatabase() == null) {
			throw new InvalidCdcPropertyException(prefix + ".connection.database", "is not set beside a host.",
					"Name the database.");
		}
		return "jdbc:postgresql://" + connection.getHost() + ":" + connection.getPort() + "/"
				+ connection.getDatabase();
	}

	private static ConnectionSettings settings(String prefix, CdcConnectionDetails details,
			Map<String, String> driver) {
		Properties parsed = details.getJdbcUrl().startsWith("jdbc:postgresql:")
				? Driver.parseURL(details.getJdbcUrl(), null) : null;
		if (parsed == null) {
			throw new InvalidCdcPropertyException(prefix + ".connection.url",
					"does not lead to PostgreSQL: it must begin with 'jdbc:postgresql:' and be complete.",
					"Set it to the database whose changes are to be received, "
							+ "such as jdbc:postgresql://localhost:5432/shop.");
		}
		String[] hosts = take(parsed, PGProperty.PG_HOST, "localhost").split(",");
		String[] ports = take(parsed, PGProperty.PG_PORT, "5432").split(",");
		String database = take(parsed, PGProperty.PG_DBNAME, "");
		String user = take(parsed, PGProperty.USER, "");
		String password = take(parsed, PGProperty.PASSWORD, "");
		Map<String, String> properties = new LinkedHashMap<>(driver);
		parsed.stringPropertyNames().forEach((name) -> properties.putIfAbsent(name, parsed.getProperty(name)));
		return new ConnectionSettings(hosts(hosts, ports), Integer.parseInt(ports[ports.length - 1]), database,
				firstText(details.getUsername(), user), firstText(details.getPassword(), password), properties);
	}

	private static @Nullable String firstText(@Nullable String first, String second) {
		if (StringUtils.hasText(first)) {
			return first;
		}
		return second.isEmpty() ? null : second;
	}

	private static String take(Properties parsed, PGProperty property, String fallback) {
		String value = property.getOrDefault(parsed);
		parsed.remove(property.getName());
		return (value != null) ? value : fallback;
	}

	/**
	 * Debezium takes one host and one port, and puts a colon between them.
	 */
	private static String hosts(String[] hosts, String[] ports) {
		StringBuilder joined = new StringBuilder();
		for (int i = 0; i < hosts.length - 1; i++) {
			joined.append(hosts[i]).append(':').append(ports[i]).append(',');
		}
		return joined.append(hosts[hosts.length - 1]).toString();
	}

	private record Configured(String getJdbcUrl, @Nullable String getUsername,
			@Nullable String getPassword) implements CdcConnectionDetails {

	}

}
