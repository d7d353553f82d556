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

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.CapturedKey;
import io.github.cdcspring.offset.CapturedRelation;

/**
 * The primary keys that tables had, and up to which position. The stream names a key only
 * if it is the replica identity, and the catalog has the key of today. The key of a table
 * does not change while another transaction has changed its rows, so a transaction has
 * one key, that of its commit.
 */
public final class KeyHistory {

	private static final Lsn NOT_YET = new Lsn(-1);

	private final Map<Long, List<Sighting>> tables = new HashMap<>();

	/**
	 * Tables were read.
	 * @param relations the tables
	 * @param before a position of the server from before they were read
	 * @param after a position of the server from after they were read
	 */
	public synchronized void seen(Collection<CapturedRelation> relations, Lsn before, Lsn after) {
		for (CapturedRelation relation : relations) {
			CapturedKey key = relation.key();
			if (key != null) {
				seen(this.tables.computeIfAbsent(relation.oid(), (oid) -> new ArrayList<>()), key.columns(), before,
						after);
			}
		}
	}

	private static void seen(List<Sighting> sightings, List<String> columns, Lsn before, Lsn after) {
		Sighting last = sightings.isEmpty() ? null : sightings.get(sightings.size() - 1);
		if (last == null || !last.columns.equals(columns)) {
			sightings.add(new Sighting(columns, after, before));
		}
		else if (before.isAfter(last.until)) {
			sightings.set(sightings.size() - 1, new Sighting(columns, last.from, before));
		}
	}

	/**
	 * Find the key of a table. If several are possible, the last one counts whose columns
	 * the table had: the server describes a table again after its key has changed.
	 * @param oid the OID of the table
	 * @param commit the commit of the transaction that changed its rows
	 * @param columns the columns that it had then
	 * @param today its key of now
	 * @return the columns of the key, empty if the table lacks columns of each key
	 */
	synchronized Optional<List<String>> find(long oid, Lsn commit, Collection<String> columns, List<String> today) {
		List<Sighting> sightings = new ArrayList<>(this.tables.getOrDefault(oid, List.of()));
		if (sightings.isEmpty() || !sightings.get(sightings.size() - 1).columns.equals(today)) {
			sightings.add(new Sighting(today, NOT_YET, NOT_YET));
		}
		for (int i = sightings.size() - 1; i >= 0; i--) {
			boolean reached = i == 0 || commit.isAfter(sightings.get(i - 1).until);
			boolean passed = i < sightings.size() - 1 && !sightings.get(i + 1).from.isAfter(commit);
			if (reached && !passed && columns.containsAll(sightings.get(i).columns)) {
				return Optional.of(sightings.get(i).columns);
			}
		}
		return Optional.empty();
	}

	/**
	 * A key that was seen.
	 *
	 * @param columns its columns
	 * @param from a position where the table certainly had this key
	 * @param until the last one
	 */
	private record Sighting(List<String> columns, Lsn from, Lsn until) {

	}

}
