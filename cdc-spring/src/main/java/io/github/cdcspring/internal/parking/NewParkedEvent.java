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

import java.util.Objects;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.row.Change;

/**
 * An event that is to be parked.
 *
 * @param key the key whose queue it joins
 * @param table the table, or the prefix of a logical message
 * @param position the position of the event
 * @param operation the operation
 * @param snapshot whether a snapshot read the row
 * @param json the event itself
 */
public record NewParkedEvent(ParkedKey key, String table, EventPosition position, Operation operation, boolean snapshot,
		String json) {

	/**
	 * Create the event of a change.
	 * @param key the key whose queue it joins
	 * @param change the change
	 * @return the event
	 */
	public static NewParkedEvent of(ParkedKey key, Change change) {
		LogicalMessage message = change.message();
		return new NewParkedEvent(key, (message != null) ? message.prefix() : Objects.toString(change.table()),
				change.position(), change.operation(), change.snapshot(), change.toJson());
	}

	/** Contains table and position only, because the row may be confidential. */
	@Override
	public String toString() {
		return "NewParkedEvent[" + this.table + " at " + this.position + "]";
	}

}
