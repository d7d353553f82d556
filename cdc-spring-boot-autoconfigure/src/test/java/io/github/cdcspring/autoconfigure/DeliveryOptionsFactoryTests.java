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

import java.util.List;

import javax.sql.DataSource;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Settings of single events that the starter cannot fulfil are refused at the start.
 */
@PostgresTest
class DeliveryOptionsFactoryTests {

	private static final String NO_DATA_SOURCE = "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration";

	/** The tests may run below a temporary directory. */
	private static final String ANY_FILE = "cdc.safety.accept=ephemeral-offset-file";

	private TestDatabase database;

	@BeforeEach
	void createTable(TestDatabase database) {
		this.database = database;
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, text text)");
	}

	@Test
	void parkingWithoutADataSource() {
		assertRefused(Notes.class,
				"'cdc.listener.on-failure' is 'park', but the application has no DataSource to park events in, "
						+ "or several of which none is primary.",
				"cdc.listener.on-failure=park", NO_DATA_SOURCE, ANY_FILE);
		assertRefused(Parking.class,
				"'cdc.listener.on-failure' is 'park' for method 'on' of bean "
						+ "'deliveryOptionsFactoryTests.Parking', but the application has no DataSource",
				NO_DATA_SOURCE, ANY_FILE);
	}

	@Test
	void tableNamesThatAreInvalid() {
		assertRefused(Notes.class,
				"'cdc.listener.parked-table' is invalid: 'a.b.c' cannot be the table of parked events",
				"cdc.listener.on-failure=park", "cdc.listener.parked-table=a.b.c");
		assertRefused(Notes.class,
				"'cdc.listener.processed-table' is invalid: 'x y' cannot be the table of processed events",
				"cdc.listener.transactional=true", "cdc.listener.processed-table=x y");
	}

	@Test
	void transactionsWithoutTheOffsetInTheirDatabase() {
		assertRefused(Notes.class,
				"'cdc.listener.transactional' is true, but the offset is not stored in the listeners' database: "
						+ "'cdc.offset.store' is 'memory'.",
				"cdc.listener.transactional=true", "cdc.offset.store=memory");
	}

	@Test
	void transactionsWithEventsThatAreRedeliveredBehindTheOffset() {
		assertRefused(Notes.class,
				"'cdc.listener.transactional' is true, but 'cdc.offset-mismatch-strategy=trust_slot'",
				"cdc.listener.transactional=true", "cdc.offset-mismatch-strategy=trust_slot",
				"cdc.safety.accept=slot-authority-without-surviving-slot");
	}

	@Test
	void transactionsWithoutATransactionManager() {
		assertRefused(Notes.class,
				"'cdc.listener.transactional' is true, but the application has no transaction manager, or "
						+ "several of which none is primary.",
				"cdc.listener.transactional=true",
				"spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration");
	}

	@Test
	void transactionsOfAnotherDataSource() {
		assertRefused(Elsewhere.class,
				"cdc.listener.transactional=true needs transactions on the DataSource that stores the offset, "
						+ "but org.springframework.jdbc.support.JdbcTransactionManager manages transactions of another one.",
				"cdc.listener.transactional=true");
	}

	@Test
	void parkingOfWholeTransactions() {
		assertRefused(Whole.class,
				"Listener method 'on' of bean 'deliveryOptionsFactoryTests.Whole' takes whole transactions, "
						+ "which cannot be parked. Take single events or lists of them",
				"cdc.listener.on-failure=park");
	}

	@Test
	void unknownOnFailure() {
		assertRefused(Unknown.class,
				"has 'retry' as 'onFailure', which is not a valid value. Use 'stop', 'park' or 'skip'.");
	}

	private void assertRefused(Class<?> listeners, String words, String... properties) {
		String[] all = new String[properties.length + 3];
		all[0] = "cdc.connection.url=" + this.database.jdbcUrl();
		all[1] = "cdc.connection.username=postgres";
		all[2] = "cdc.connection.password=postgres";
		System.arraycopy(properties, 0, all, 3, properties.length);
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> TestApplication.start(this.database, listeners, all).close())
			.havingRootCause()
			.withMessageContaining(words);
	}

	static class Notes {

		@CdcListener("notes")
		void on(Note note) {
		}

	}

	static class Parking {

		@CdcListener(tables = "notes", onFailure = "park")
		void on(Note note) {
		}

	}

	static class Whole {

		@CdcListener(tables = "notes", wholeTransactions = true)
		void on(List<Note> notes) {
		}

	}

	static class Unknown {

		@CdcListener(tables = "notes", onFailure = "retry")
		void on(Note note) {
		}

	}

	static class Elsewhere extends Notes {

		@Bean
		JdbcTransactionManager transactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(new DelegatingDataSource(dataSource));
		}

	}

	record Note(int id, String text) {
	}

}
