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

package io.github.cdcspring.samples.orders;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class TestOrdersApplicationTests {

	@Test
	void runsOnTheContainer() {
		assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "There is no Docker here");
		try (ConfigurableApplicationContext context = SpringApplication.from(OrdersApplication::main)
			.with(TestOrdersApplication.Containers.class)
			.run("--server.port=0")
			.getApplicationContext()) {
			assertThat(context.getBeansOfType(EmbeddedPostgresServer.class)).isEmpty();
			assertThat(context.getBean(JdbcConnectionDetails.class).getJdbcUrl()).startsWith("jdbc:postgresql:");
		}
	}

}
