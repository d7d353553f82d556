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

package io.github.cdcspring;

import org.jspecify.annotations.Nullable;

/**
 * A step of what to do about a problem. The texts of all steps, with a space between
 * them, are the instruction as a log shows it.
 *
 * @param text what to do, with the code in its place
 * @param language the language of the code, {@code null} if there is none
 * @param code what can be copied, a part of the text; {@code null} if there is nothing to
 * copy
 * @param alternative whether this is the first step of another way. One way is enough.
 * @since 0.1.0
 */
public record ActionStep(String text, @Nullable Language language, @Nullable String code, boolean alternative) {

	/**
	 * Create a step.
	 * @throws IllegalArgumentException if the text does not contain the code, or one of
	 * code and language is missing
	 */
	public ActionStep {
		if ((language == null) != (code == null) || code != null && !text.contains(code)) {
			throw new IllegalArgumentException("A step needs its code with its language in its text");
		}
	}

	/**
	 * Create a step without code.
	 * @param text what to do
	 * @return the step
	 */
	public static ActionStep of(String text) {
		return new ActionStep(text, null, null, false);
	}

	/**
	 * Create a step with code.
	 * @param language the language of the code
	 * @param before what to do with the code
	 * @param code what can be copied
	 * @param after the rest of the sentence
	 * @return the step
	 */
	public static ActionStep of(Language language, String before, String code, String after) {
		return new ActionStep(before + code + after, language, code, false);
	}

	/**
	 * Create a step that runs SQL.
	 * @param before who runs it, and where
	 * @param sql the statement, with its semicolon
	 * @return the step
	 */
	public static ActionStep sql(String before, String sql) {
		return of(Language.SQL, before, sql, "");
	}

	/**
	 * This step as the first of another way.
	 * @return a step with the same text
	 */
	public ActionStep asAlternative() {
		return new ActionStep(this.text, this.language, this.code, true);
	}

	/**
	 * Language of the code of a step.
	 */
	public enum Language {

		/**
		 * A statement of PostgreSQL.
		 */
		SQL,

		/**
		 * A setting and its value, as a line of a properties file.
		 */
		SETTING,

		/**
		 * A part of a configuration in YAML.
		 */
		YAML,

		/**
		 * A command in a shell.
		 */
		SHELL

	}

}
