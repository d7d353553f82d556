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

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.CdcEngineRegistry;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Records each change of an engine's state: the line
 * {@code state <time> <engine> <state> <refused rules>}. The line
 * {@code lanes <time> <number>} tells how many events an engine delivers in parallel.
 */
class StateRecorder implements SmartInitializingSingleton, AutoCloseable {

	private static final int INTERVAL_MILLIS = 5;

	private static final Pattern RULE = Pattern.compile("(?m)(?:refused to start: |^)([a-z][a-z-]+): ");

	private final Recording recording;

	private final ObjectProvider<CdcEngineRegistry> engines;

	private final Map<String, String> last = new HashMap<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	StateRecorder(Recording recording, ObjectProvider<CdcEngineRegistry> engines) {
		this.recording = recording;
		this.engines = engines;
	}

	@Override
	public void afterSingletonsInstantiated() {
		CdcEngineRegistry registry = this.engines.getIfAvailable();
		if (registry != null) {
			Thread thread = new Thread(() -> watch(registry), "lab-states");
			thread.setDaemon(true);
			thread.start();
		}
	}

	private void watch(CdcEngineRegistry registry) {
		try {
			while (!this.closed.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
				registry.engines().forEach(this::record);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void record(CdcEngine engine) {
		if (!this.last.containsKey(engine.name())) {
			this.recording.write("lanes " + System.currentTimeMillis() + " "
					+ engine.settings().listener().dispatch().concurrency() + "\n");
		}
		String state = text(engine.status());
		if (!state.equals(this.last.put(engine.name(), state))) {
			this.recording.write("state " + System.currentTimeMillis() + " " + engine.name() + " " + state + "\n");
		}
	}

	private static String text(EngineStatus status) {
		String failure = status.failure();
		if (status.state() != EngineState.REFUSED || failure == null) {
			return status.state().toString();
		}
		Matcher rules = RULE.matcher(failure);
		return status.state() + " " + rules.results().map((rule) -> rule.group(1)).collect(Collectors.joining(","));
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
