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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SQL blocks of the documentation that tests execute.
 */
public final class DocumentedSql {

	/** The build copies the page from the documentation. */
	private static final String ROLE_PAGE = "role-and-rights.md";

	private DocumentedSql() {
	}

	/**
	 * The statements of the SQL block that a comment marks as tested.
	 * @param page the text of the page, in Markdown
	 * @param mark the name in the comment
	 * @throws IllegalStateException if there is no such block
	 */
	public static List<String> statements(String page, String mark) {
		Matcher block = Pattern.compile("(?s)<!-- tested: " + mark + " -->\\s*```sql\\n(.*?)```").matcher(page);
		if (!block.find()) {
			throw new IllegalStateException("The page has no SQL block '" + mark + "'");
		}
		String sql = block.group(1).replaceAll("--.*", "");
		return Arrays.stream(sql.split(";")).map(String::strip).filter((statement) -> !statement.isEmpty()).toList();
	}

	/**
	 * The statements that create the least-privilege role, its schema and the
	 * publication, as the documentation has them.
	 * @param database the database, after which the publication is named, too
	 * @param role the role, after which its schema is named
	 */
	public static List<String> leastPrivileges(String database, String role) {
		return statements("least-privilege", database, role);
	}

	/**
	 * The statement that lets a role list the states of decoding.
	 * @param role the role
	 */
	static List<String> decodingState(String database, String role) {
		return statements("decoding-state", database, role);
	}

	private static List<String> statements(String mark, String database, String role) {
		return statements(rolePage(), mark).stream()
			.map((sql) -> sql.replaceAll("\\bshop_cdc\\b", role).replaceAll("\\bshop\\b", database))
			.toList();
	}

	private static String rolePage() {
		try (InputStream page = DocumentedSql.class.getResourceAsStream(ROLE_PAGE)) {
			return new String(Objects.requireNonNull(page).readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
