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

import javax.sql.DataSource;

import io.github.cdcspring.internal.parking.IdempotentTransaction;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ParkedEventStore;
import io.github.cdcspring.internal.parking.ProcessedEvents;
import io.github.cdcspring.offset.JdbcOffsetStore;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The application's own database, where the application has the classes for one.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(JdbcClient.class)
class ApplicationDatabaseConfiguration {

	@Bean
	ApplicationDatabase cdcApplicationDatabase(ObjectProvider<DataSource> dataSource,
			ObjectProvider<PlatformTransactionManager> transactions) {
		return new JdbcApplicationDatabase(dataSource, transactions);
	}

	private record JdbcApplicationDatabase(ObjectProvider<DataSource> dataSource,
			ObjectProvider<PlatformTransactionManager> transactions) implements ApplicationDatabase {

		@Override
		public boolean hasDataSource() {
			return this.dataSource.getIfUnique() != null;
		}

		@Override
		public OffsetStore offsetStore(EngineSettings.Offset settings) {
			DataSource dataSource = this.dataSource.getIfUnique();
			if (dataSource == null) {
				throw OffsetStores.noDataSource();
			}
			return new JdbcOffsetStore(dataSource, settings.jdbcTable(), settings.jdbcCreateTable());
		}

		@Override
		public ParkedEventQueues parking(EngineSettings settings) {
			EngineSettings.FailureHandling failure = settings.listener().failure();
			return new ParkedEventQueues(new ParkedEventStore(this.dataSource.getObject(), failure.parkedTable(),
					failure.createTables(), settings.name()));
		}

		@Override
		public ProcessedEvents appliedEvents(EngineSettings settings) {
			EngineSettings.FailureHandling failure = settings.listener().failure();
			return new ProcessedEvents(this.dataSource.getObject(), failure.processedTable(), failure.createTables(),
					settings.name());
		}

		@Override
		public @Nullable IdempotentTransaction transactions(ProcessedEvents processedEvents) {
			PlatformTransactionManager transactions = this.transactions.getIfUnique();
			return (transactions != null)
					? new IdempotentTransaction(transactions, this.dataSource.getObject(), processedEvents) : null;
		}

	}

}
