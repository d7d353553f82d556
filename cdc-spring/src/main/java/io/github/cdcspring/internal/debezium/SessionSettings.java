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

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the sessions on the server that read rows. A database or a role may set
 * them to values that change the text that the server sends, or that end a snapshot. The
 * driver itself sets {@code client_encoding}, {@code DateStyle} and {@code TimeZone}.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/runtime-config-client.html">PostgreSQL: client
 * connection defaults</a>
 */
public final class SessionSettings {

	private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of("bytea_output", "hex",
			"extra_float_digits", "3", "IntervalStyle", "postgres", "quote_all_identifiers", "off", "statement_timeout",
			"0", "lock_timeout", "0", "idle_in_transaction_session_timeout", "0"));

	private static final String OPTIONS = SETTINGS.entrySet()
		.stream()
		.map((setting) -> "-c " + setting.getKey() + "=" + setting.getValue())
		.collect(Collectors.joining(" "));

	private SessionSettings() {
	}

	/**
	 * Return the value of the driver property {@code options}.
	 * @param own the value that the application has set. The settings of this class
	 * override it.
	 * @return the value
	 */
	public static String options(@Nullable String own) {
		return (own != null) ? own + " " + OPTIONS : OPTIONS;
	}

}
