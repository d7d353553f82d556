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

package io.github.cdcspring.internal.parking;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.row.Change;

/**
 * Where an event stands in the stream: the same each time that it is sent.
 *
 * @param committedLsn the end of the last transaction before the event's own; the event's
 * LSN where that is not known, which is in the first one and in a snapshot
 * @param transactionId the transaction, 0 for none
 * @param lsn where the change stands in the log
 * @param ordinal its number among the events of that LSN, from 0: several rows may be
 * written to the log as one
 */
public record EventPlace(Lsn committedLsn, long transactionId, Lsn lsn, long ordinal) {

	/**
	 * The place of an event.
	 * @param change the event
	 * @return the place
	 */
	public static EventPlace of(Change change) {
		Lsn previous = change.previousCommit();
		Long transactionId = change.transactionId();
		return new EventPlace((previous != null) ? previous : change.lsn(), (transactionId != null) ? transactionId : 0,
				change.lsn(), change.ordinal());
	}

}
