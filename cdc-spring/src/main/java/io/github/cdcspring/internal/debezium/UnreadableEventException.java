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

import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.row.RowMappingException;
import org.jspecify.annotations.Nullable;

/**
 * Debezium cannot read an event of the stream. The message contains no value of the row,
 * and the exception has no cause, because the messages of other exceptions may contain
 * one.
 */
final class UnreadableEventException extends CdcException {

	/**
	 * By server and slot. An event that fails again when it is read again never passes.
	 */
	private static final Map<String, Lsn> lastUnreadable = new ConcurrentHashMap<>();

	private final boolean lasting;

	private UnreadableEventException(String message, boolean lasting) {
		super(message);
		this.lasting = lasting;
	}

	/**
	 * Describe a failure of reading.
	 * @param slot the slot of the stream, with its server
	 * @param lsn the LSN of the event, or of the message before it
	 * @param table the event's table, {@code null} for another message than an event
	 * @param failure the failure
	 * @return the exception to throw instead
	 */
	static RuntimeException of(String slot, Lsn lsn, @Nullable String table, RuntimeException failure) {
		CdcException known = null;
		Throwable root = failure;
		for (Throwable cause = failure; cause != null; cause = (cause.getCause() != cause) ? cause.getCause() : null) {
			if (cause instanceof SQLException || cause instanceof IOException
					|| cause instanceof InterruptedException) {
				return failure;
			}
			if (known == null && cause instanceof CdcException ours) {
				known = ours;
			}
			root = cause;
		}
		boolean lasting = known != null || lsn.equals(lastUnreadable.put(slot, lsn));
		String problem = (known != null) ? String.valueOf(known.getMessage())
				: "Debezium failed with " + RowMappingException.describe(root) + ".";
		return new UnreadableEventException(
				((table != null) ? "The event at " + lsn + " of " + table : "What follows " + lsn + " in the stream")
						+ " cannot be read. " + problem
						+ " To continue without the event, see 'unreadable-event' in the runbook.",
				lasting);
	}

	/** Whether a failure says that an event cannot be read. */
	static boolean isCauseOf(@Nullable Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = (cause.getCause() != cause) ? cause.getCause() : null) {
			if (cause instanceof UnreadableEventException) {
				return true;
			}
		}
		return false;
	}

	/** Whether another attempt would fail again. */
	boolean isLasting() {
		return this.lasting;
	}

}
