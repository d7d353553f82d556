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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Connection to the application's own database, if Spring Boot configures it.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(JdbcConnectionDetails.class)
class ApplicationConnectionConfiguration {

	@Bean
	@ConditionalOnSingleCandidate(JdbcConnectionDetails.class)
	ApplicationConnection cdcApplicationConnection(JdbcConnectionDetails details) {
		return new ApplicationConnection(new CurrentConnectionDetails(details));
	}

	/**
	 * What the application's details are each time they are asked for.
	 */
	private static final class CurrentConnectionDetails implements CdcConnectionDetails {

		private final JdbcConnectionDetails details;

		private CurrentConnectionDetails(JdbcConnectionDetails details) {
			this.details = details;
		}

		@Override
		public String getJdbcUrl() {
			return this.details.getJdbcUrl();
		}

		@Override
		public @Nullable String getUsername() {
			return this.details.getUsername();
		}

		@Override
		public @Nullable String getPassword() {
			return this.details.getPassword();
		}

	}

	/**
	 * Not a {@link CdcConnectionDetails} bean, which would take precedence over
	 * {@code cdc.connection.*}.
	 */
	record ApplicationConnection(CdcConnectionDetails details) {

	}

}
