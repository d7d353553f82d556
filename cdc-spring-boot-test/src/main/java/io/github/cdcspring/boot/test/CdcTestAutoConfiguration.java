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

package io.github.cdcspring.boot.test;

import io.github.cdcspring.autoconfigure.CdcAutoConfiguration;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.settings.EngineSettings;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.PropertySource;

/**
 * Auto-configuration for tests of applications with listeners.
 */
@AutoConfiguration(after = CdcAutoConfiguration.class)
@PropertySource("classpath:io/github/cdcspring/boot/test/defaults.properties")
class CdcTestAutoConfiguration {

	@Bean
	static ContextNames cdcTestContextNames() {
		return new ContextNames();
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "cdc-test.start-engines", havingValue = false)
	static BeanPostProcessor cdcTestEngineStop() {
		return new EngineStop();
	}

	@Bean
	ContextCleanup cdcTestContextCleanup() {
		return new ContextCleanup();
	}

	@Bean
	ListenerFailures cdcTestListenerFailures() {
		return new ListenerFailures();
	}

	@Bean
	@ConditionalOnBean(EmbeddedEngineRegistry.class)
	CdcScenario cdcScenario(EmbeddedEngineRegistry engines, ListenerFailures failures) {
		return new CdcScenario(engines, failures, EngineSettings.DEFAULT_ENGINE);
	}

	@Bean
	@ConditionalOnBean(EmbeddedEngineRegistry.class)
	CdcTestEngine cdcTestEngine(EmbeddedEngineRegistry engines) {
		return new CdcTestEngine(engines, EngineSettings.DEFAULT_ENGINE);
	}

	/**
	 * Keeps engines from starting with the application.
	 */
	private static final class EngineStop implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (bean instanceof EmbeddedEngineRegistry engines) {
				engines.setAutoStartup(false);
			}
			return bean;
		}

	}

}
