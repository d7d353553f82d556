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

package io.github.cdcspring.internal.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.engine.EngineRunner;
import io.github.cdcspring.internal.engine.Obstacle;
import org.jspecify.annotations.Nullable;

/**
 * Records what a run reports.
 */
final class TestObserver implements EngineRunner.Observer {

	final AtomicInteger streaming = new AtomicInteger();

	final List<EngineFailure> failures = new CopyOnWriteArrayList<>();

	final List<Lsn> stored = new CopyOnWriteArrayList<>();

	final Map<Obstacle, String> obstacles = new ConcurrentHashMap<>();

	volatile boolean stopping;

	@Override
	public boolean isStopping() {
		return this.stopping;
	}

	@Override
	public void streaming() {
		this.streaming.incrementAndGet();
	}

	@Override
	public void readingSnapshot() {
	}

	@Override
	public void failing(EngineFailure failure) {
		this.failures.add(failure);
	}

	@Override
	public void obstructed(Obstacle obstacle, @Nullable String problem) {
		this.obstacles.put(obstacle, String.valueOf(problem));
	}

	@Override
	public void stored(Lsn lsn) {
		this.stored.add(lsn);
	}

}
