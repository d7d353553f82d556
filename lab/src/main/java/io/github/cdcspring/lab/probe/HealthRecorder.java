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
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Records each change of the engines' health: the line
 * {@code health <time> <status> <first problem>}.
 */
class HealthRecorder implements SmartInitializingSingleton, AutoCloseable {

	private static final int INTERVAL_MILLIS = 100;

	private final Recording recording;

	private final HealthIndicator health;

	private final CountDownLatch closed = new CountDownLatch(1);

	HealthRecorder(Recording recording, HealthIndicator health) {
		this.recording = recording;
		this.health = health;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Thread thread = new Thread(this::watch, "lab-health");
		thread.setDaemon(true);
		thread.start();
	}

	private void watch() {
		String last = "";
		try {
			while (!this.closed.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
				String now = text(this.health.health());
				if (!now.equals(last)) {
					this.recording.write("health " + System.currentTimeMillis() + " " + now + "\n");
				}
				last = now;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static String text(@Nullable Health health) {
		if (health == null) {
			return "unknown";
		}
		return health.getStatus() + " "
				+ health.getDetails()
					.values()
					.stream()
					.filter(Map.class::isInstance)
					.map((engine) -> ((Map<?, ?>) engine).get("problems"))
					.filter(List.class::isInstance)
					.map((problems) -> String.valueOf(((List<?>) problems).get(0)).replaceAll("\\s+", " "))
					.findFirst()
					.orElse("");
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
