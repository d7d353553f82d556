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

import io.github.cdcspring.internal.actuate.CdcParkedEndpoint;
import io.github.cdcspring.internal.actuate.OperationLog;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the endpoint {@code cdcparked}.
 */
@AutoConfiguration(after = CdcAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(EmbeddedEngineRegistry.class)
@ConditionalOnAvailableEndpoint(CdcParkedEndpoint.class)
class CdcParkedEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CdcParkedEndpoint cdcParkedEndpoint(EmbeddedEngineRegistry engines) {
		return new CdcParkedEndpoint(engines);
	}

	@Bean
	@ConditionalOnMissingBean
	OperationLog cdcOperationLog() {
		return new OperationLog();
	}

}
