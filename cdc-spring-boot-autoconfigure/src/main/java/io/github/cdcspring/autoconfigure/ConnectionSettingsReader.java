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
import java.util.regex.Pattern;

import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/**
 * Finds out how the source database is reached: what a further engine itself says, else a
 * {@link CdcConnectionDetails} bean, else {@code cdc.connection.*}, else the
 * application's own database.
 */
class ConnectionSettingsReader {

	/**
	 * The driver logs what it cannot read of a URL, which may be a password: what looks
	 * as if does not get that far.
	 */
	private static final Pattern READABLE = Pattern.compile("jdbc:postgresql:(//[^/@?]*/)?[^/@?]*(\\?.*)?");

	private final @Nullable CdcConnectionDetails bean;

	private final @Nullable CdcConnectionDetails application;

	private final ObjectProvider<SslBundles> sslBundles;

	ConnectionSettingsReader(@Nullable CdcConnectionDetails bean, @Nullable CdcConnectionDetails application,
			ObjectProvider<SslBundles> sslBundles) {
		this.bean = bean;
		this.application = application;
		this.sslBundles = sslBundles;
	}

	EngineSettings.Connection read(EnginePropertyNames names, CdcEngineProperties properties) {
		CdcEngineProperties.Connection connection = properties.getConnection();
		Map<String, String> driver = new LinkedHashMap<>();
		// the server's detail to an error may hold a row
		driver.put("logServerErrorDetail", "false");
		driver.putAll(ssl(names, connection.getSsl().getBundle()));
		driver.putAll(connection.getDriverProperties());
		boolean own = names.inherits() && (names.isOwn("connection.url") || names.isOwn("connection.host"));
		if (this.bean != null && !own) {
			driver.putAll(this.bean.getDriverProperties());
			return settings(names, this.bean, driver,
					"is not used, as there is a CdcConnectionDetails bean, and its URL");
		}
		String url = url(names, connection);
		if (url != null) {
			return settings(names, configured(names, url, connection), driver, "");
		}
		if (this.application != null) {
			return settings(names, credentials(this.application, connection), driver,
					"is not set, and the URL of the application's own database");
		}
		throw new InvalidCdcPropertyException(names.of("connection.url"),
				"is not set, and how the application itself reaches a database is not known: it has no "
						+ "'spring.datasource.url', or declares its own DataSource bean.",
				"Set '" + names.prefix() + ".connection.url', '.username' and '.password', or declare a "
						+ "CdcConnectionDetails bean.");
	}

	private Map<String, String> ssl(EnginePropertyNames names, @Nullable String bundle) {
		if (!StringUtils.hasText(bundle)) {
			return Map.of();
		}
		SslBundles bundles = this.sslBundles.getIfAvailable();
		try {
			if (bundles != null) {
				return SslBundleSocketFactory.driverProperties(bundle, bundles.getBundle(bundle));
			}
		}
		catch (NoSuchSslBundleException ex) {
			// said below, with the setting's name
		}
		String shown = LogSafe.of(bundle);
		throw new InvalidCdcPropertyException(names.of("connection.ssl.bundle"),
				"is '" + shown + "', and there is no SSL bundle of that name.",
				"Configure 'spring.ssl.bundle.pem." + shown + "' or 'spring.ssl.bundle.jks." + shown + "'.");
	}

	private static @Nullable String url(EnginePropertyNames names, CdcEngineProperties.Connection connection) {
		boolean ownUrl = names.inherits() && names.isOwn("connection.url");
		boolean ownHost = names.inherits() && names.isOwn("connection.host");
		String url = (ownHost && !ownUrl) ? null : connection.getUrl();
		String host = (ownUrl && !ownHost) ? null : connection.getHost();
		if (StringUtils.hasText(url) && StringUtils.hasText(host)) {
			throw new InvalidCdcPropertyException(names.of("connection.host"),
					"is set beside '" + names.of("connection.url") + "'.", "Use either the URL or its parts.");
		}
		if (!StringUtils.hasText(host)) {
			return StringUtils.hasText(url) ? url : null;
		}
		if (!StringUtils.hasText(connection.getDatabase())) {
			throw new InvalidCdcPropertyException(names.of("connection.database"), "is not set beside a host.",
					"Name the database.");
		}
		return "jdbc:postgresql://" + host + ":" + connection.getPort() + "/" + connection.getDatabase();
	}

	/**
	 * The user of an engine's own URL is not overridden by an inherited one.
	 */
	private static CdcConnectionDetails configured(EnginePropertyNames names, String url,
			CdcEngineProperties.Connection connection) {
		boolean ownUrl = names.inherits() && names.isOwn("connection.url") && !names.isOwn("connection.username");
		Properties parsed = ownUrl ? parse(url) : null;
		boolean userInOwnUrl = parsed != null && parsed.containsKey(PGProperty.USER.getName());
		return userInOwnUrl ? new PlainConnectionDetails(url, null, null)
				: new PlainConnectionDetails(url, connection.getUsername(), connection.getPassword());
	}

	private static CdcConnectionDetails credentials(CdcConnectionDetails application,
			CdcEngineProperties.Connection connection) {
		return StringUtils.hasText(connection.getUsername()) ? new PlainConnectionDetails(application.getJdbcUrl(),
				connection.getUsername(), connection.getPassword()) : application;
	}

	private static @Nullable Properties parse(String url) {
		return READABLE.matcher(url).matches() ? Driver.parseURL(url, null) : null;
	}

	private static EngineSettings.Connection settings(EnginePropertyNames names, CdcConnectionDetails details,
			Map<String, String> driver, String source) {
		Properties parsed = parse(details.getJdbcUrl());
		String database = (parsed != null) ? take(parsed, PGProperty.PG_DBNAME, "") : "";
		if (parsed == null || database.isEmpty()) {
			throw new InvalidCdcPropertyException(names.of("connection.url"), (source.isEmpty() ? "" : source + " ")
					+ "does not lead to a PostgreSQL database: it must read jdbc:postgresql://host:port/database, "
					+ "with user and password, if at all, as parameters.",
					source.isEmpty() ? "Mend it, as in jdbc:postgresql://localhost:5432/shop."
							: "Set '" + names.prefix() + ".connection.url' to the database whose changes are to be "
									+ "received, or mend the other URL.");
		}
		String[] hosts = take(parsed, PGProperty.PG_HOST, "localhost").split(",");
		String[] ports = take(parsed, PGProperty.PG_PORT, "5432").split(",");
		String user = firstText(details.getUsername(), take(parsed, PGProperty.USER, ""));
		String password = firstText(details.getPassword(), take(parsed, PGProperty.PASSWORD, ""));
		if (user == null) {
			throw new InvalidCdcPropertyException(names.of("connection.username"), "is not set.",
					"Set it to a user who has the REPLICATION attribute.");
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
	 * Debezium takes one host and one port, and puts a colon between them.
	 */
	private static String hosts(String[] hosts, String[] ports) {
		StringBuilder joined = new StringBuilder();
		for (int i = 0; i < hosts.length - 1; i++) {
			joined.append(hosts[i]).append(':').append(ports[i]).append(',');
		}
		return joined.append(hosts[hosts.length - 1]).toString();
	}

}
