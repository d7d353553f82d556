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
import java.util.Set;
import java.util.regex.Pattern;

import io.github.cdcspring.internal.ssl.SslBundleSocketFactory;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Reads the connection to the source database. A further engine's own URL or host takes
 * precedence over a {@link CdcConnectionDetails} bean, then {@code cdc.connection.*},
 * then the application's own database.
 */
class ConnectionSettingsReader {

	/**
	 * The driver logs the part of a URL that it cannot parse, which may be a password. A
	 * URL that does not match is not passed to it.
	 */
	private static final Pattern PARSEABLE = Pattern.compile("jdbc:postgresql:(//[^/@?]*/)?[^/@?]*(\\?.*)?");

	private static final String DATASOURCE_URL = "spring.datasource.url";

	private static final String JDBC_SUPPORT = "org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails";

	private final @Nullable CdcConnectionDetails bean;

	private final @Nullable CdcConnectionDetails application;

	private final ObjectProvider<SslBundles> sslBundles;

	ConnectionSettingsReader(@Nullable CdcConnectionDetails bean, @Nullable CdcConnectionDetails application,
			ObjectProvider<SslBundles> sslBundles) {
		this.bean = bean;
		this.application = application;
		this.sslBundles = sslBundles;
	}

	EngineSettings.Connection read(EngineProperties properties) {
		CdcConnectionProperties connection = properties.own().getConnection();
		Map<String, String> driver = new LinkedHashMap<>();
		// the detail of a server error may contain a row
		driver.put("logServerErrorDetail", "false");
		driver.putAll(ssl(properties, connection.getSsl().getBundle()));
		driver.putAll(connection.getDriverProperties());
		boolean own = !properties.isDefault() && (connection.getUrl() != null || connection.getHost() != null);
		if (this.bean != null && !own) {
			driver.putAll(this.bean.getDriverProperties());
			return settings(properties, this.bean, driver,
					"is not used, because there is a CdcConnectionDetails bean, and its URL");
		}
		String url = url(properties);
		if (url != null) {
			return settings(properties, configured(properties, url), driver, "");
		}
		if (this.application != null) {
			return settings(properties, withCredentials(this.application, properties), driver,
					"is not set, and the URL of the application's own database");
		}
		boolean unread = properties.names().isSet(DATASOURCE_URL) && !ClassUtils.isPresent(JDBC_SUPPORT, null);
		throw new InvalidCdcPropertyException(properties.name("connection.url"),
				"is not set, and the URL of the application's own database is unknown: '" + DATASOURCE_URL + "' is "
						+ (unread ? "set, but nothing reads it, because 'spring-boot-jdbc' is not on the class path."
								: "not set, or the application declares its own DataSource bean."),
				(unread ? "Add 'spring-boot-starter-jdbc'. Or set '" : "Set '") + properties.names().prefix()
						+ ".connection.url', '.username' and '.password', or declare a "
						+ "CdcConnectionDetails bean.");
	}

	private Map<String, String> ssl(EngineProperties properties, @Nullable String bundle) {
		if (!StringUtils.hasText(bundle)) {
			return Map.of();
		}
		SslBundles bundles = this.sslBundles.getIfAvailable();
		try {
			if (bundles != null) {
				bundles.getBundle(bundle);
				return SslBundleSocketFactory.driverProperties(bundle, () -> bundles.getBundle(bundle));
			}
		}
		catch (NoSuchSslBundleException ex) {
			// reported below, with the name of the property
		}
		String shown = LogSafe.of(bundle);
		throw new InvalidCdcPropertyException(properties.name("connection.ssl.bundle"),
				"is '" + shown + "', but there is no SSL bundle of that name.",
				"Configure 'spring.ssl.bundle.pem." + shown + "' or 'spring.ssl.bundle.jks." + shown + "'.");
	}

	/**
	 * Return the URL that is configured. An engine's own URL or host replaces an
	 * inherited one.
	 */
	private static @Nullable String url(EngineProperties properties) {
		CdcConnectionProperties own = properties.own().getConnection();
		CdcConnectionProperties root = properties.root().getConnection();
		boolean inherits = own.getUrl() == null && own.getHost() == null;
		String url = inherits ? root.getUrl() : own.getUrl();
		String host = inherits ? root.getHost() : own.getHost();
		if (StringUtils.hasText(url) && StringUtils.hasText(host)) {
			throw new MutuallyExclusiveConfigurationPropertiesException(
					Set.of(properties.name("connection.url"), properties.name("connection.host")),
					Set.of(properties.name("connection.url"), properties.name("connection.host")));
		}
		if (!StringUtils.hasText(host)) {
			return StringUtils.hasText(url) ? url : null;
		}
		if (!StringUtils.hasText(own.getDatabase())) {
			throw new InvalidCdcPropertyException(properties.name("connection.database"),
					"is not set, but '" + properties.name("connection.host") + "' is.",
					"Set the name of the database.");
		}
		return "jdbc:postgresql://" + host + ":" + own.getPort() + "/" + own.getDatabase();
	}

	/**
	 * Return the connection that is configured. An inherited user does not override the
	 * user in an engine's own URL.
	 */
	private static CdcConnectionDetails configured(EngineProperties properties, String url) {
		CdcConnectionProperties own = properties.own().getConnection();
		Properties parsed = (!properties.isDefault() && own.getUrl() != null && own.getUsername() == null) ? parse(url)
				: null;
		boolean userInOwnUrl = parsed != null && parsed.containsKey(PGProperty.USER.getName());
		return userInOwnUrl ? new PlainConnectionDetails(url, null, null)
				: new PlainConnectionDetails(url, username(properties), own.getPassword());
	}

	private static CdcConnectionDetails withCredentials(CdcConnectionDetails application, EngineProperties properties) {
		String username = username(properties);
		return StringUtils.hasText(username) ? new PlainConnectionDetails(application.getJdbcUrl(), username,
				properties.own().getConnection().getPassword()) : application;
	}

	private static @Nullable String username(EngineProperties properties) {
		String own = properties.own().getConnection().getUsername();
		return (own != null) ? own : properties.root().getConnection().getUsername();
	}

	private static @Nullable Properties parse(String url) {
		return PARSEABLE.matcher(url).matches() ? Driver.parseURL(url, null) : null;
	}

	private static EngineSettings.Connection settings(EngineProperties engine, CdcConnectionDetails details,
			Map<String, String> driver, String source) {
		Properties parsed = parse(details.getJdbcUrl());
		String database = (parsed != null) ? take(parsed, PGProperty.PG_DBNAME, "") : "";
		if (parsed == null || database.isEmpty()) {
			throw new InvalidCdcPropertyException(engine.name("connection.url"),
					(source.isEmpty() ? "" : source + " ")
							+ "is not a URL of a PostgreSQL database: it must have the form "
							+ "jdbc:postgresql://host:port/database, with user and password only as parameters.",
					source.isEmpty() ? "Fix it, as in jdbc:postgresql://localhost:5432/shop."
							: "Set '" + engine.names().prefix() + ".connection.url' to the database whose changes are "
									+ "received, or fix the other URL.");
		}
		String[] hosts = take(parsed, PGProperty.PG_HOST, "localhost").split(",");
		String[] ports = take(parsed, PGProperty.PG_PORT, "5432").split(",");
		String user = firstText(details.getUsername(), take(parsed, PGProperty.USER, ""));
		String password = firstText(details.getPassword(), take(parsed, PGProperty.PASSWORD, ""));
		if (user == null) {
			throw new InvalidCdcPropertyException(engine.name("connection.username"), "is not set.",
					"Set it to a user with the REPLICATION attribute.");
		}
		Map<String, String> properties = new LinkedHashMap<>(driver);
		parsed.stringPropertyNames().forEach((name) -> properties.putIfAbsent(name, parsed.getProperty(name)));
		return new EngineSettings.Connection(hosts(hosts, ports), Integer.parseInt(ports[ports.length - 1]), database,
				user, password, properties);
	}

	private static @Nullable String firstText(@Nullable String first, String second) {
		if (StringUtils.hasText(first)) {
			return first;
		}
		return second.isEmpty() ? null : second;
	}

	private static String take(Properties parsed, PGProperty property, String fallback) {
		String value = parsed.getProperty(property.getName());
		parsed.remove(property.getName());
		return StringUtils.hasText(value) ? value : fallback;
	}

	/**
	 * Join the hosts for Debezium, which has one host and one port, and puts a colon
	 * between them.
	 */
	private static String hosts(String[] hosts, String[] ports) {
		StringBuilder joined = new StringBuilder();
		for (int i = 0; i < hosts.length - 1; i++) {
			joined.append(hosts[i]).append(':').append(ports[i]).append(',');
		}
		return joined.append(hosts[hosts.length - 1]).toString();
	}

}
