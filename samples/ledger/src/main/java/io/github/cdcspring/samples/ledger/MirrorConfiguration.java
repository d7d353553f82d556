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

package io.github.cdcspring.samples.ledger;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class MirrorConfiguration {

	/** Not a default candidate, so that Spring Boot still configures the source. */
	@Bean(defaultCandidate = false)
	@Qualifier("mirror")
	@ConfigurationProperties("ledger.mirror")
	HikariDataSource mirrorDataSource() {
		return new HikariDataSource();
	}

	@Bean
	Mirror mirror(@Qualifier("mirror") DataSource dataSource, @Value("${ledger.fail:0}") int fail,
			@Value("${ledger.backfill:false}") boolean backfill, @Value("${ledger.instance:}") String instance) {
		MirrorSchema.create(dataSource);
		return Mirror.open(dataSource, fail, backfill, instance);
	}

}
