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

import io.github.cdcspring.internal.actuate.CdcEndpoint;
import io.github.cdcspring.internal.actuate.CdcEndpointWebExtension;
import io.github.cdcspring.internal.actuate.CsrfTokenWebFilter;
import io.github.cdcspring.internal.actuate.CsrfTokens;
import io.github.cdcspring.internal.actuate.OperationLog;
import io.github.cdcspring.internal.actuate.ServletCsrfTokens;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.PathMapper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for the endpoint {@code cdc}.
 */
@AutoConfiguration(after = CdcAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(EmbeddedEngineRegistry.class)
@ConditionalOnAvailableEndpoint(CdcEndpoint.class)
class CdcEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CdcEndpoint cdcEndpoint(EmbeddedEngineRegistry engines) {
		return new CdcEndpoint(engines);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	CdcEndpointWebExtension cdcEndpointWebExtension(CdcEndpoint endpoint, ObjectProvider<PathMapper> pathMappers,
			EndpointAccessResolver access, ObjectProvider<PathMappedEndpoints> exposed,
			ObjectProvider<CsrfTokens> csrfTokens) {
		return new CdcEndpointWebExtension(endpoint, pathMappers.orderedStream().toList(), access, exposed::getObject,
				csrfTokens.getIfAvailable(() -> CsrfTokens.NONE));
	}

	@Bean
	@ConditionalOnMissingBean
	OperationLog cdcOperationLog() {
		return new OperationLog();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass(name = "org.springframework.security.web.csrf.CsrfToken")
	static class ServletCsrfConfiguration {

		@Bean
		ServletCsrfTokens cdcCsrfTokens() {
			return new ServletCsrfTokens();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnClass(name = "org.springframework.security.web.server.csrf.CsrfToken")
	static class ReactiveCsrfConfiguration {

		@Bean
		@ConditionalOnAvailableEndpoint(endpoint = CdcEndpoint.class, exposure = EndpointExposure.WEB)
		CsrfTokenWebFilter cdcCsrfTokenWebFilter(ObjectProvider<PathMapper> pathMappers) {
			return new CsrfTokenWebFilter(
					PathMapper.getRootPath(pathMappers.orderedStream().toList(), EndpointId.of("cdc")));
		}

	}

}
