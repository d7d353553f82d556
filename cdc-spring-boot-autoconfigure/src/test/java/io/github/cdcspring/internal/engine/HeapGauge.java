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

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

import com.sun.management.GarbageCollectionNotificationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of the heap a test needs: the most that was ever in use, garbage included, and
 * the most that was left behind a collection.
 */
final class HeapGauge implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(HeapGauge.class);

	private static final long MEGABYTE = 1 << 20;

	private final String what;

	private final long began = System.nanoTime();

	private volatile long left;

	HeapGauge(String what) {
		this.what = what;
		System.gc();
		pools().forEach(MemoryPoolMXBean::resetPeakUsage);
		ManagementFactory.getGarbageCollectorMXBeans()
			.forEach((collector) -> ((NotificationEmitter) collector).addNotificationListener(
					(notification, handback) -> collected(notification.getUserData()), null, null));
	}

	private void collected(Object data) {
		long left = GarbageCollectionNotificationInfo.from((CompositeData) data)
			.getGcInfo()
			.getMemoryUsageAfterGc()
			.entrySet()
			.stream()
			.filter((pool) -> pools().stream().anyMatch((heap) -> heap.getName().equals(pool.getKey())))
			.mapToLong((pool) -> pool.getValue().getUsed())
			.sum();
		this.left = Math.max(this.left, left);
	}

	private static List<MemoryPoolMXBean> pools() {
		return ManagementFactory.getMemoryPoolMXBeans()
			.stream()
			.filter((pool) -> pool.getType() == MemoryType.HEAP)
			.toList();
	}

	@Override
	public void close() {
		long peak = pools().stream().mapToLong((pool) -> pool.getPeakUsage().getUsed()).sum();
		logger.warn("{}: peak heap {} MB, most left behind a collection {} MB, of {} MB; {} s", this.what,
				peak / MEGABYTE, this.left / MEGABYTE, Runtime.getRuntime().maxMemory() / MEGABYTE,
				(System.nanoTime() - this.began) / 1_000_000_000);
	}

}
