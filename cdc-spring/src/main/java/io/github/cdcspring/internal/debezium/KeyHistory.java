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
import java.util.function.Predicate;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.CapturedKey;
import io.github.cdcspring.offset.CapturedRelation;

/**
 * The keys that tables had, and up to which position. The stream names a key only if it
 * is the replica identity, and the catalog has the key of today. The key of a table does
 * not change while another transaction has changed its rows, so a transaction has one
 * key, that of its commit.
 */
public final class KeyHistory {

	private static final Lsn NOT_YET = new Lsn(-1);

	private final Map<Long, List<SeenKey>> tables = new HashMap<>();

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
				seen(this.tables.computeIfAbsent(relation.oid(), (oid) -> new ArrayList<>()), Key.of(key), before,
						after);
			}
		}
	}

	private static void seen(List<SeenKey> seen, Key key, Lsn before, Lsn after) {
		SeenKey last = seen.isEmpty() ? null : seen.get(seen.size() - 1);
		if (last == null || !last.key.equals(key)) {
			seen.add(new SeenKey(key, after, before));
		}
		else if (before.isAfter(last.until)) {
			seen.set(seen.size() - 1, new SeenKey(key, last.from, before));
		}
	}

	/**
	 * Find the key of a table. If several are possible, the last one counts: the server
	 * describes a table again after its key has changed.
	 * @param oid the OID of the table
	 * @param commit the commit of the transaction that changed its rows
	 * @param today its key of now
	 * @param possible whether the table can have had a key, as the stream describes it
	 * @return the key, empty if none is possible
	 */
	synchronized Optional<Key> find(long oid, Lsn commit, Key today, Predicate<Key> possible) {
		List<SeenKey> seen = new ArrayList<>(this.tables.getOrDefault(oid, List.of()));
		if (seen.isEmpty() || !seen.get(seen.size() - 1).key.equals(today)) {
			seen.add(new SeenKey(today, NOT_YET, NOT_YET));
		}
		for (int i = seen.size() - 1; i >= 0; i--) {
			boolean reached = i == 0 || commit.isAfter(seen.get(i - 1).until);
			boolean passed = i < seen.size() - 1 && !seen.get(i + 1).from.isAfter(commit);
			if (reached && !passed && possible.test(seen.get(i).key)) {
				return Optional.of(seen.get(i).key);
			}
		}
		return Optional.empty();
	}

	/**
	 * A key of a table.
	 *
	 * @param columns its columns, empty if the table has no key
	 * @param streamed whether the stream names the key
	 */
	record Key(List<String> columns, boolean streamed) {

		private static Key of(CapturedKey key) {
			return new Key(key.columns(), key.streamed());
		}

	}

	/**
	 * A key that was seen.
	 *
	 * @param key the key
	 * @param from a position where the table certainly had this key
	 * @param until the last one
	 */
	private record SeenKey(Key key, Lsn from, Lsn until) {

	}

}
