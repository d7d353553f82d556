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

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Records from time to time what the application needs: the line
 * {@code resources <time> <heap> <threads>}. The heap is that of long-lived objects after
 * a collection, in bytes.
 */
class ResourceRecorder implements SmartInitializingSingleton, AutoCloseable {

	private static final int INTERVAL_SECONDS = 5;

	private final Recording recording;

	private final CountDownLatch closed = new CountDownLatch(1);

	ResourceRecorder(Recording recording) {
		this.recording = recording;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Thread thread = new Thread(this::watch, "lab-resources");
		thread.setDaemon(true);
		thread.start();
	}

	private void watch() {
		try {
			while (!this.closed.await(INTERVAL_SECONDS, TimeUnit.SECONDS)) {
				System.gc();
				this.recording.write("resources " + System.currentTimeMillis() + " " + heap() + " "
						+ ManagementFactory.getThreadMXBean().getThreadCount() + "\n");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static long heap() {
		return ManagementFactory.getMemoryPoolMXBeans()
			.stream()
			.map(MemoryPoolMXBean::getCollectionUsage)
			.filter(Objects::nonNull)
			.mapToLong(MemoryUsage::getUsed)
			.sum();
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
