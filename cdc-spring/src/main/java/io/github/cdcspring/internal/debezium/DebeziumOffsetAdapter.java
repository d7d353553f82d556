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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.offset.StoredOffset;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's view of the {@link OffsetSession} of a run.
 */
public final class DebeziumOffsetAdapter implements OffsetBackingStore {

	private @Nullable OffsetSession session;

	@Override
	public void configure(WorkerConfig config) {
		RunContext context = RunContext.find(config.originalsStrings().get(RunContext.PROPERTY));
		this.session = (context != null) ? context.session() : null;
	}

	private OffsetSession session() {
		OffsetSession session = this.session;
		if (session == null) {
			throw new IllegalStateException("The run that this offset store belongs to has ended");
		}
		return session;
	}

	/**
	 * The offset that Debezium starts from, and later flushes to the slot.
	 */
	private Optional<String> visible() {
		OffsetSession session = session();
		if (!session.isHeld()) {
			return session.current().map(StoredOffset::position);
		}
		return session.released().equals(Lsn.ZERO) ? Optional.empty()
				: Optional.of(OffsetJson.at(session.released()).text());
	}

	@Override
	public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
		Map<ByteBuffer, ByteBuffer> values = new HashMap<>();
		visible().ifPresent((position) -> {
			for (ByteBuffer key : keys) {
				values.put(key, ByteBuffer.wrap(position.getBytes(StandardCharsets.UTF_8)));
			}
		});
		return CompletableFuture.completedFuture(values);
	}

	/**
	 * Does nothing: {@link OffsetCommitter} has stored the offset already. Here Debezium
	 * would only log a failure, and a store that hangs would block its stop.
	 */
	@Override
	public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, Callback<Void> callback) {
		callback.onCompletion(null, null);
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public Set<Map<String, Object>> connectorPartitions(String connectorName) {
		return Set.of();
	}

	@Override
	public void start() {
		// The session is opened before the engine is built
	}

	@Override
	public void stop() {
		// The session outlives the engine
	}

}
