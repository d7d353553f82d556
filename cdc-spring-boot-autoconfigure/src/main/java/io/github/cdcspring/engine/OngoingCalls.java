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
package io.github.cdcspring.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * The listener calls that are going on, one a thread. A thread that hangs in one is seen
 * for as long as it does, whatever the engine did meanwhile.
 */
final class OngoingCalls {

	private final Collection<Desk> desks = new CopyOnWriteArrayList<>();

	private final ThreadLocal<Desk> desk = ThreadLocal.withInitial(this::open);

	private Desk open() {
		Desk desk = new Desk(Thread.currentThread());
		this.desks.removeIf((other) -> !other.thread.isAlive());
		this.desks.add(desk);
		return desk;
	}

	void begin(String listener) {
		Desk desk = this.desk.get();
		desk.began = System.nanoTime();
		desk.listener = listener;
	}

	void end() {
		this.desk.get().listener = null;
	}

	Optional<OngoingCall> longest() {
		long now = System.nanoTime();
		return this.desks.stream()
			.map((desk) -> desk.call(now))
			.flatMap(Optional::stream)
			.max(Comparator.comparing(OngoingCall::lasting));
	}

	private static final class Desk {

		private final Thread thread;

		private volatile long began;

		private volatile @Nullable String listener;

		Desk(Thread thread) {
			this.thread = thread;
		}

		Optional<OngoingCall> call(long now) {
			String listener = this.listener;
			return (listener != null && this.thread.isAlive())
					? Optional.of(new OngoingCall(listener, Duration.ofNanos(Math.max(0, now - this.began))))
					: Optional.empty();
		}

	}

}
