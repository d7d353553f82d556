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

package io.github.cdcspring.benchmarks.contestant;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * Measures the resources of the process. Allocated bytes are the sum over all threads. A
 * sampler thread includes threads that have ended, with a precision of 100 milliseconds.
 */
final class Resources {

	private static final long INTERVAL = 100_000;

	private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans()
		.stream()
		.filter((pool) -> pool.getType() == MemoryType.HEAP)
		.toList();

	private final Map<Long, Long> allocatedByThread = new HashMap<>();

	private long peakHeap;

	Resources() {
		Thread sampler = new Thread(this::sample, "resources");
		sampler.setDaemon(true);
		sampler.start();
	}

	private void sample() {
		while (!Thread.currentThread().isInterrupted()) {
			allocated();
			Wait.micros(INTERVAL);
		}
	}

	/** CPU time of the process and of its child processes, in nanoseconds. */
	long cpu() {
		return this.system.getProcessCpuTime() + ProgramTime.ofChildren();
	}

	/** Bytes that all threads have allocated. */
	synchronized long allocated() {
		long[] ids = this.threads.getAllThreadIds();
		long[] bytes = this.threads.getThreadAllocatedBytes(ids);
		for (int i = 0; i < ids.length; i++) {
			if (bytes[i] >= 0) {
				this.allocatedByThread.merge(ids[i], bytes[i], Math::max);
			}
		}
		long used = 0;
		for (MemoryPoolMXBean pool : this.heap) {
			MemoryUsage usage = pool.getUsage();
			used += (usage != null) ? usage.getUsed() : 0;
		}
		this.peakHeap = Math.max(this.peakHeap, used);
		return this.allocatedByThread.values().stream().mapToLong(Long::longValue).sum();
	}

	/** The peak heap usage, in bytes. */
	synchronized long peakHeap() {
		return this.peakHeap;
	}

}
