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

package io.github.cdcspring.offset;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.ActionStep;
import org.jspecify.annotations.Nullable;

/**
 * Keeps positions in memory: they are gone when the application ends.
 *
 * @since 0.1.0
 */
public final class MemoryOffsetStore implements OffsetStore {

	private final Map<OffsetKey, OffsetRow> rows = new ConcurrentHashMap<>();

	@Override
	public Optional<StoredOffset> load(OffsetKey key) {
		return offset(this.rows.get(key));
	}

	@Override
	public OffsetTakeover takeOver(OffsetKey key) {
		OffsetRow row = this.rows.compute(key, (same, before) -> OffsetRow.takenOver(before, micros()));
		return new OffsetTakeover(row.epoch(), offset(row));
	}

	@Override
	public void save(OffsetKey key, long epoch, StoredOffset offset) {
		this.rows.compute(key, (same, before) -> {
			if (before != null) {
				before.verify(key, epoch);
			}
			return new OffsetRow(epoch, offset);
		});
	}

	@Override
	public void verify(OffsetKey key, long epoch) {
		OffsetRow row = this.rows.get(key);
		if (row != null) {
			row.verify(key, epoch);
		}
	}

	private static Optional<StoredOffset> offset(@Nullable OffsetRow row) {
		return Optional.ofNullable(row).map(OffsetRow::offset);
	}

	static long micros() {
		return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
	}

	@Override
	public List<String> otherSlots(OffsetKey key) {
		return this.rows.keySet()
			.stream()
			.filter((other) -> other.engine().equals(key.engine()) && !other.equals(key))
			.map(OffsetKey::slotName)
			.sorted()
			.toList();
	}

	@Override
	public ActionStep howToForget(OffsetKey key) {
		return ActionStep.of("No offset is stored that has to be removed.");
	}

	@Override
	public boolean isDurable() {
		return false;
	}

	@Override
	public String toString() {
		return "memory";
	}

}
