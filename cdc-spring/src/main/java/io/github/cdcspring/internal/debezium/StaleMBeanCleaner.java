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

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the MBeans of an engine that could not stop in order. The next run would wait a
 * minute for each of their names to become free.
 */
final class StaleMBeanCleaner {

	private static final Logger logger = LoggerFactory.getLogger(StaleMBeanCleaner.class);

	private StaleMBeanCleaner() {
	}

	/**
	 * Remove the MBeans of an ended run.
	 * @param server the engine's {@code topic.prefix}
	 */
	static void clean(String server) {
		MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
		try {
			ObjectName pattern = new ObjectName("debezium.postgres:type=connector-metrics,server=" + server + ",*");
			for (ObjectName name : beans.queryNames(pattern, null)) {
				beans.unregisterMBean(name);
			}
		}
		catch (JMException ex) {
			logger.debug("A stale MBean could not be removed: {}", ex.getMessage());
		}
	}

}
