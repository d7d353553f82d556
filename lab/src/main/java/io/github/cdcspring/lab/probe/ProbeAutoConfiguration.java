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

import java.io.IOException;
import java.nio.file.Path;

import io.github.cdcspring.engine.CdcEngineRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Records what an application receives. The application needs no change: the lab puts
 * this class on its class path.
 */
@AutoConfiguration(afterName = "io.github.cdcspring.autoconfigure.CdcHealthAutoConfiguration")
@ConditionalOnProperty("lab.record")
class ProbeAutoConfiguration {

	@Bean
	Recording labRecording(@Value("${lab.record}") Path file) throws IOException {
		return new Recording(file);
	}

	@Bean
	EventRecorder labEventRecorder(Recording recording) {
		return new EventRecorder(recording);
	}

	@Bean
	StateRecorder labStateRecorder(Recording recording, ObjectProvider<CdcEngineRegistry> engines) {
		return new StateRecorder(recording, engines);
	}

	@Bean
	@ConditionalOnProperty("lab.fault")
	FaultInjector labFaultInjector(@Value("${lab.fault}") Path file) {
		return new FaultInjector(file);
	}

	@Bean
	@ConditionalOnProperty("lab.fault")
	ResourceRecorder labResourceRecorder(Recording recording) {
		return new ResourceRecorder(recording);
	}

	@Bean
	@ConditionalOnProperty("lab.listen")
	PatternListener labPatternListener() {
		return new PatternListener();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthIndicator.class)
	static class HealthConfiguration {

		@Bean
		@ConditionalOnBean(name = "cdcHealthIndicator")
		HealthRecorder labHealthRecorder(Recording recording, @Qualifier("cdcHealthIndicator") HealthIndicator health) {
			return new HealthRecorder(recording, health);
		}

	}

}
