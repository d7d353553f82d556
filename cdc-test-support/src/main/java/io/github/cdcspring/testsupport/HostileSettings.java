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

package io.github.cdcspring.testsupport;

import java.util.List;

/**
 * Settings of a database that change what a server writes.
 */
public enum HostileSettings {

	SQL_STANDARD("bytea_output = escape", "IntervalStyle = sql_standard", "DateStyle = 'SQL, DMY'",
			"TimeZone = 'Asia/Kathmandu'", "extra_float_digits = -15", "xmlbinary = hex", "search_path = ''"),

	ISO_8601("IntervalStyle = iso_8601", "DateStyle = 'Postgres, MDY'", "TimeZone = 'America/St_Johns'",
			"extra_float_digits = 0", "quote_all_identifiers = on", "transform_null_equals = on",
			"search_path = public, extensions"),

	POSTGRES_VERBOSE("IntervalStyle = postgres_verbose", "DateStyle = German", "TimeZone = 'Pacific/Apia'",
			"bytea_output = escape", "client_encoding = LATIN1", "array_nulls = off", "row_security = off",
			"statement_timeout = '1min'");

	private final List<String> settings;

	HostileSettings(String... settings) {
		this.settings = List.of(settings);
	}

	public List<String> settings() {
		return this.settings;
	}

}
