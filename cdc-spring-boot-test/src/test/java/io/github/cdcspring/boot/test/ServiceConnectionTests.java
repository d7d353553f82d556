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

import org.junit.jupiter.api.Test;
import org.testcontainers.postgresql.PostgreSQLContainer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class ServiceConnectionTests {

	private static final String URL = "jdbc:postgresql://localhost:1/container";

	@Test
	void containerTakesPrecedenceOverTheEmbeddedServer() {
		new ApplicationContextRunner().withUserConfiguration(Containers.class)
			.withPropertyValues("spring.sql.init.mode=never")
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(CdcScenario.class)
					.doesNotHaveBean(ContextDatabase.class)
					.hasSingleBean(JdbcConnectionDetails.class);
				assertThat(context.getBean(JdbcConnectionDetails.class).getJdbcUrl()).isEqualTo(URL);
			});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@AutoConfigureCdcTest
	static class Containers {

		@Bean
		@ServiceConnection
		PostgreSQLContainer postgres() {
			return new AbsentContainer();
		}

	}

	/**
	 * Needs no Docker.
	 */
	private static final class AbsentContainer extends PostgreSQLContainer {

		private AbsentContainer() {
			super("postgres:18");
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public String getJdbcUrl() {
			return URL;
		}

	}

}
