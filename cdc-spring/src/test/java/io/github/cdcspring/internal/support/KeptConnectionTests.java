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

package io.github.cdcspring.internal.support;

import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * When a query over a kept connection is repeated.
 */
class KeptConnectionTests {

	private final AtomicInteger opened = new AtomicInteger();

	private final AtomicInteger queries = new AtomicInteger();

	private final KeptConnection connection = new KeptConnection(this::open);

	@Test
	void repeatsAQueryIfTheConnectionHasEnded() throws SQLException {
		this.connection.query(Connection::isClosed);
		int answer = this.connection.query((connection) -> count(new SQLException("ended", "57P01")));
		assertThat(answer).isEqualTo(2);
		assertThat(this.opened).hasValue(2);
	}

	@Test
	void doesNotRepeatAQueryThatTheServerMayStillRun() throws SQLException {
		this.connection.query(Connection::isClosed);
		SQLException timeout = new SQLException("I/O error", "08006", new SocketTimeoutException("Read timed out"));
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> this.connection.query((connection) -> count(timeout)))
			.isSameAs(timeout);
		assertThat(this.queries).hasValue(1);
		assertThat(this.opened).hasValue(1);
	}

	private Connection open() {
		this.opened.incrementAndGet();
		return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
				(connection, method, arguments) -> method.getReturnType().equals(boolean.class) ? false : null);
	}

	private int count(SQLException failure) throws SQLException {
		if (this.queries.incrementAndGet() == 1) {
			throw failure;
		}
		return this.queries.get();
	}

}
