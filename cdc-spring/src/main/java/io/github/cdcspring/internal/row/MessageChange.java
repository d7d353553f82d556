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

package io.github.cdcspring.internal.row;

import java.util.Collection;

import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A logical message.
 *
 * @param source the origin of the message
 * @param message the message
 * @param record the record that contains it
 */
record MessageChange(EventSource source, LogicalMessage message, SourceRecord record) implements SourcedChange {

	@Override
	public Operation operation() {
		return Operation.MESSAGE;
	}

	@Override
	public @Nullable TableId table() {
		return null;
	}

	@Override
	public @Nullable RowKey key() {
		return null;
	}

	@Override
	public Object orderingKey() {
		return this.message.prefix();
	}

	@Override
	public long size() {
		return RecordSize.ENVELOPE + this.message.content().length;
	}

	@Override
	public boolean changed(Collection<String> columns) {
		return true;
	}

	@Override
	public <T> @Nullable T before(RowMapper<T> mapper) {
		return null;
	}

	@Override
	public <T> @Nullable T after(RowMapper<T> mapper) {
		return null;
	}

	@Override
	public String toJson() {
		return new SourceRecordJson(this.record, false, this.source.ordinal()).toJson();
	}

	/** Contains prefix and LSN only, because the content may be confidential. */
	@Override
	public String toString() {
		return "MESSAGE " + this.message.prefix() + " at " + lsn();
	}

}
