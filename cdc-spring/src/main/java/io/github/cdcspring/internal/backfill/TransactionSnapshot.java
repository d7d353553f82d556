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

package io.github.cdcspring.internal.backfill;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The transactions that a session sees.
 *
 * @param xmin all transactions before it have ended
 * @param xmax no transaction from it on has ended
 * @param inProgress those in between that have not ended
 * @see <a href=
 * "https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT">PostgreSQL:
 * transaction ID and snapshot information functions</a>
 */
public record TransactionSnapshot(long xmin, long xmax, Set<Long> inProgress) {

	/** The snapshot of a standby does not list what is in progress. */
	public static final TransactionSnapshot OF_STANDBY = new TransactionSnapshot(Long.MAX_VALUE, Long.MAX_VALUE,
			Set.of());

	private static final long EPOCH = 1L << 32;

	/**
	 * Read a snapshot.
	 * @param text the text of {@code pg_snapshot} or {@code txid_snapshot}
	 * @return the snapshot
	 */
	public static TransactionSnapshot parse(String text) {
		String[] parts = text.split(":", -1);
		Set<Long> inProgress = parts[2].isEmpty() ? Set.of()
				: Stream.of(parts[2].split(",")).map(Long::valueOf).collect(Collectors.toSet());
		return new TransactionSnapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), inProgress);
	}

	/**
	 * Whether a transaction has ended.
	 * @param transaction its id in 32 bits, without the epoch
	 * @return {@code true} if the session sees what it has written
	 */
	public boolean shows(long transaction) {
		if (this.xmin == Long.MAX_VALUE) {
			return true;
		}
		long id = withEpoch(transaction);
		return id < this.xmin || id < this.xmax && !this.inProgress.contains(id);
	}

	/**
	 * Whether a transaction and all before it have ended.
	 * @param transaction its id in 32 bits, without the epoch
	 * @return {@code true} if the session sees what they have written
	 */
	boolean showsAllUpTo(long transaction) {
		return this.xmin == Long.MAX_VALUE || withEpoch(transaction) < this.xmin;
	}

	private long withEpoch(long transaction) {
		long id = this.xmax - this.xmax % EPOCH + transaction;
		if (id - this.xmax > EPOCH / 2) {
			id -= EPOCH;
		}
		else if (this.xmax - id > EPOCH / 2) {
			id += EPOCH;
		}
		return id;
	}

}
