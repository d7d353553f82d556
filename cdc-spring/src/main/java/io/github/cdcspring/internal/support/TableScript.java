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

package io.github.cdcspring.internal.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.core.io.ClassPathResource;

/**
 * The script that creates a table. It is shipped as a file that users of Flyway or
 * Liquibase can copy, and the starter executes that very file.
 *
 * @param path the file on the class path, which contains one {@code CREATE TABLE}
 * statement
 * @param table the name of the table in the file
 */
public record TableScript(String path, String table) {

	private static final Pattern COMMENT = Pattern.compile("--.*");

	/**
	 * Return the statement for a table.
	 * @param name the name to use instead of the one in the file
	 * @return the statement in one line, without comments and semicolon
	 */
	String statement(TableName name) {
		String sql = COMMENT.matcher(text()).replaceAll("").replaceAll("\\s+", " ");
		return sql.replace("( ", "(")
			.replace(" )", ")")
			.replaceFirst("\\b" + Pattern.quote(this.table) + "\\b", Matcher.quoteReplacement(name.quoted()))
			.replace(";", "")
			.strip();
	}

	private String text() {
		try {
			return new ClassPathResource(this.path, TableScript.class.getClassLoader())
				.getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The script " + this.path + " is missing in the starter's jar", ex);
		}
	}

}
