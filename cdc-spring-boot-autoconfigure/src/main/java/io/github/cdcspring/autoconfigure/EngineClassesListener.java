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

package io.github.cdcspring.autoconfigure;

import io.github.cdcspring.internal.debezium.RunClasses;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.NativeDetector;
import org.springframework.core.env.Environment;

/**
 * Loads the classes of an engine in the background while the application context starts,
 * so that the first event arrives earlier. It does nothing with {@code cdc.enabled=false}
 * or {@code cdc.source=kafka}, on one processor, in a native image, or with Spring Boot's
 * {@code spring.backgroundpreinitializer.ignore=true}.
 */
class EngineClassesListener implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		if (Runtime.getRuntime().availableProcessors() > 1 && !NativeDetector.inNativeImage()
				&& isWanted(event.getEnvironment())) {
			RunClasses.loadInBackground();
		}
	}

	static boolean isWanted(Environment environment) {
		return !"false".equalsIgnoreCase(environment.getProperty("cdc.enabled"))
				&& !"kafka".equalsIgnoreCase(environment.getProperty("cdc.source"))
				&& !"true".equalsIgnoreCase(environment.getProperty("spring.backgroundpreinitializer.ignore"));
	}

}
