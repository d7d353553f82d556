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

package io.github.cdcspring.internal.debezium;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * How full the queue between the server and the listeners is, from Debezium's metrics.
 */
public final class QueueFill {

	private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

	private final String name;

	public QueueFill(String server) {
		this.name = "debezium.postgres:type=connector-metrics,server=" + server + ",context=streaming";
	}

	/**
	 * Return the used part of the queue.
	 * @return 0 to 1, {@code NaN} while the engine does not stream
	 */
	public double ratio() {
		try {
			ObjectName bean = new ObjectName(this.name);
			if (BEANS.isRegistered(bean)) {
				double total = ((Number) BEANS.getAttribute(bean, "QueueTotalCapacity")).doubleValue();
				double free = ((Number) BEANS.getAttribute(bean, "QueueRemainingCapacity")).doubleValue();
				return (total > 0) ? (total - free) / total : Double.NaN;
			}
		}
		catch (JMException ex) {
			// The engine has just ended
		}
		return Double.NaN;
	}

}
