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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariDataSource;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.TestDatabase;

/** Creates databases on one server, which stops when the JVM exits. */
public final class TestLedger {

	private static final AtomicInteger databases = new AtomicInteger();

	private static final EmbeddedPostgresServer server = start();

	private TestLedger() {
	}

	private static EmbeddedPostgresServer start() {
		try {
			return EmbeddedPostgresServer.builder().start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public static HikariDataSource createDatabase() {
		TestDatabase database = server.createDatabase("ledger" + databases.incrementAndGet());
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(database.jdbcUrl());
		pool.setUsername(database.user());
		pool.setPassword(database.password());
		pool.setMaximumPoolSize(4);
		pool.setMinimumIdle(0);
		return pool;
	}

	public static HikariDataSource createMirror() throws SQLException {
		HikariDataSource mirror = createDatabase();
		MirrorSchema.create(mirror);
		return mirror;
	}

}
