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

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message that was written to the WAL with {@code pg_logical_emit_message}.
 *
 * @param prefix the prefix of the message
 * @param content the content in bytes
 * @since 0.1.0
 * @see <a href=
 * "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION">PostgreSQL:
 * pg_logical_emit_message</a>
 */
public record LogicalMessage(String prefix, byte[] content) {

	/**
	 * Return the content as UTF-8 text.
	 * @return the text
	 */
	public String text() {
		return new String(this.content, StandardCharsets.UTF_8);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof LogicalMessage that && this.prefix.equals(that.prefix)
				&& Arrays.equals(this.content, that.content);
	}

	@Override
	public int hashCode() {
		return 31 * this.prefix.hashCode() + Arrays.hashCode(this.content);
	}

	/** Contains prefix and length only, because the content may be confidential. */
	@Override
	public String toString() {
		return "LogicalMessage[" + this.prefix + ", " + this.content.length + " bytes]";
	}

}
