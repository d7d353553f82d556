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

package io.github.cdcspring.internal.engine;

import java.util.Arrays;
import java.util.Set;

/**
 * The readers of existing rows in this JVM.
 */
final class BackfillReaders {

	private static final Set<Thread.State> WAITING = Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

	private static final String READING = "io.github.cdcspring.internal.backfill.TableDelivery";

	private BackfillReaders() {
	}

	/** How many take part in the reading of a table, and wait for the stream. */
	static long waiting() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((thread) -> thread.getKey().getName().startsWith("cdc-default-backfill"))
			.filter((thread) -> WAITING.contains(thread.getKey().getState()))
			.filter((thread) -> Arrays.stream(thread.getValue())
				.anyMatch((call) -> call.getClassName().equals(READING)))
			.count();
	}

}
