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

package io.github.cdcspring.internal.startup;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * How the server names and publishes a table. The transaction ids and OIDs of the catalog
 * rows show a change that was taken back, too.
 *
 * @param named the transaction that named the table or moved it to its schema
 * @param owner the owner of the table, whose change renews that transaction
 * @param published how it is published, {@code null} if it is not published
 */
record RelationState(String named, String owner, @Nullable Published published) {

	/** Marks a catalog row with a row filter or a column list. */
	static final String FILTERED = "f";

	/**
	 * Read the text that {@link RelationsReader} builds on the server. The last part, the
	 * tables that it is a partition of, is compared as text only: the rules judge it.
	 */
	static RelationState parse(String text) {
		String[] parts = text.split(";", -1);
		if (parts.length < 2) {
			return new RelationState("", "", null);
		}
		return new RelationState(parts[0], parts[1], (parts.length < 7) ? null
				: new Published(parts[2], parts[3], parts[4], parts[5], List.of(parts[6].split(","))));
	}

	/** Whether the text tells anything. */
	boolean isKnown() {
		return !this.named.isEmpty();
	}

	/**
	 * Whether the table was renamed or moved in between, even if it has its name again.
	 */
	boolean isRenamedSince(RelationState former) {
		return this.owner.equals(former.owner) && !this.named.equals(former.named);
	}

	/**
	 * Whether every change since the former state was published.
	 */
	boolean isPublishedSince(RelationState former) {
		Published before = former.published;
		return before == null || this.published != null && this.published.continues(before);
	}

	/**
	 * Whether a table that is not published as in the former state may have been so all
	 * the time: the server writes the catalog row also for options that it has already.
	 */
	boolean mayHaveSetSameOptions(RelationState former) {
		Published now = this.published;
		Published before = former.published;
		return now != null && before != null
				&& new Published(now.publication, before.altered, now.owner, now.options, now.entries)
					.continues(before);
	}

	/**
	 * How a table is published.
	 *
	 * @param publication the OID of the publication
	 * @param altered the transaction that created or altered it
	 * @param owner its owner, whose change renews that transaction
	 * @param options its options
	 * @param entries the OIDs of the catalog rows by which it covers the table, with a
	 * mark if the row has a row filter or a column list
	 */
	record Published(String publication, String altered, String owner, String options, List<String> entries) {

		/**
		 * Other options are judged as such. The same options, altered in between, were
		 * others for a while.
		 */
		private boolean continues(Published before) {
			boolean alteredAndBack = this.owner.equals(before.owner) && this.options.equals(before.options)
					&& !this.altered.equals(before.altered);
			return this.publication.equals(before.publication) && !alteredAndBack
					&& !Collections.disjoint(this.entries, before.entriesToKeep());
		}

		/** One of these has published all that was published. */
		private List<String> entriesToKeep() {
			List<String> whole = this.entries.stream().filter((entry) -> !entry.endsWith(FILTERED)).toList();
			return !whole.isEmpty() ? whole
					: this.entries.stream()
						.flatMap((entry) -> Stream.of(entry, entry.substring(0, entry.length() - FILTERED.length())))
						.toList();
		}

	}

}
