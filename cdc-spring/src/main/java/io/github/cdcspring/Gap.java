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

/**
 * The WAL between a stored offset and a slot that is ahead of it. The text form is
 * {@code 0/16B3748-0/16B4A10}.
 *
 * @param offsetLsn the LSN of the offset, where the gap starts
 * @param slotLsn the LSN of the slot, where the gap ends
 * @since 0.1.0
 */
public record Gap(Lsn offsetLsn, Lsn slotLsn) {

	/**
	 * Parse the text form of a gap.
	 * @param text two LSNs, separated by a hyphen
	 * @return the gap
	 * @throws IllegalArgumentException if the text is not a gap
	 */
	public static Gap parse(String text) {
		int hyphen = text.indexOf('-');
		if (hyphen < 0) {
			throw new IllegalArgumentException(
					"'" + text + "' is not a gap. Write two LSNs, such as 0/16B3748-0/16B4A10.");
		}
		return new Gap(Lsn.parse(text.substring(0, hyphen).strip()), Lsn.parse(text.substring(hyphen + 1).strip()));
	}

	/**
	 * Return the size of the gap.
	 * @return the size in bytes
	 */
	public long bytes() {
		return this.slotLsn.bytesSince(this.offsetLsn);
	}

	@Override
	public String toString() {
		return this.offsetLsn + "-" + this.slotLsn;
	}

}
