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

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.offset.CapturedRelation;
import org.jspecify.annotations.Nullable;

/**
 * What the classes that Debezium creates by name need from their run. They find it by an
 * id in Debezium's properties.
 *
 * @param session the offset session of the run
 * @param listener is told about the progress of the run
 * @param guard learns of the end of the stream
 * @param walSender learns of the replication connection
 * @param arrived learns where events wait
 * @param types the types of the columns
 * @param captured the captured tables
 * @param unpartitioned the captured tables that hold their rows themselves
 * @param keys the primary keys that the tables had
 */
record RunContext(OffsetSession session, RunListener listener, StreamGuard guard, WalSender walSender,
		ArrivedEvents arrived, ColumnTypes types, List<CapturedRelation> captured, Set<TableId> unpartitioned,
		KeyHistory keys) {

	/** The property with the id. */
	static final String PROPERTY = "cdc.run";

	private static final Map<String, RunContext> contexts = new ConcurrentHashMap<>();

	/**
	 * Make the context known.
	 * @return the value for {@link #PROPERTY}
	 */
	String register() {
		String id = UUID.randomUUID().toString();
		contexts.put(id, this);
		return id;
	}

	/**
	 * Find a context.
	 * @return the context, {@code null} if its run has ended, or for an engine of the
	 * application's own
	 */
	static @Nullable RunContext find(@Nullable String id) {
		return (id != null) ? contexts.get(id) : null;
	}

	static void unregister(String id) {
		contexts.remove(id);
	}

}
