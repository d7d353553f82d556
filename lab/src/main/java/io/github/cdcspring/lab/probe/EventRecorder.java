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

package io.github.cdcspring.lab.probe;

import java.util.List;

import io.github.cdcspring.CdcListenerCall;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Records each event when a listener has processed it: the line
 * {@code event TIME LISTENER OPERATION TABLE LSN:ORDINAL KEY}. For an event of a call
 * that failed, the line is {@code failed TIME TABLE KEY}. Of the row, only a key of one
 * column is recorded.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class EventRecorder implements CdcListenerInterceptor {

	private final Recording recording;

	EventRecorder(Recording recording) {
		this.recording = recording;
	}

	@Override
	public void intercept(CdcListenerCall call) throws Throwable {
		try {
			call.proceed();
		}
		catch (Throwable ex) {
			this.recording.write(failures(call));
			throw ex;
		}
		this.recording.write(lines(call));
	}

	private static String failures(CdcListenerCall call) {
		StringBuilder lines = new StringBuilder();
		List<ChangeEvent<?>> batch = batch(call);
		if (batch.isEmpty()) {
			appendFailure(lines, call.table(), call.key());
		}
		batch.forEach((event) -> appendFailure(lines, event.table(), event.key()));
		return lines.toString();
	}

	private static void appendFailure(StringBuilder lines, @Nullable TableId table, @Nullable RowKey key) {
		if (table != null && key != null && key.single() != null) {
			lines.append("failed %d %s %s\n".formatted(System.currentTimeMillis(), table.name(), key.single()));
		}
	}

	private static String lines(CdcListenerCall call) {
		StringBuilder lines = new StringBuilder();
		long time = System.currentTimeMillis();
		List<ChangeEvent<?>> batch = batch(call);
		if (batch.isEmpty() && call.events() > 1) {
			// Of other batches only the first event is known
			return "unknown " + time + " " + call.listener() + " " + call.events() + "\n";
		}
		if (batch.isEmpty()) {
			append(lines, time, call.listener(), call.operation(), call.table(), call.position(), call.key());
		}
		for (ChangeEvent<?> event : batch) {
			append(lines, time, call.listener(), event.operation(), event.table(), event.position(), event.key());
		}
		return lines.toString();
	}

	private static List<ChangeEvent<?>> batch(CdcListenerCall call) {
		for (Object argument : call.arguments()) {
			if (argument instanceof List<?> list && !list.isEmpty()
					&& list.stream().allMatch(ChangeEvent.class::isInstance)) {
				return list.stream().<ChangeEvent<?>>map((event) -> (ChangeEvent<?>) event).toList();
			}
		}
		return List.of();
	}

	private static void append(StringBuilder lines, long time, String listener, Operation operation,
			@Nullable TableId table, @Nullable EventPosition position, @Nullable RowKey key) {
		if (table != null && key != null && key.single() != null) {
			String place = (position != null) ? position.lsn().value() + ":" + position.ordinal() : "-";
			lines.append("event %d %s %s %s %s %s\n".formatted(time, listener, operation, table.name(), place,
					key.single()));
		}
	}

}
