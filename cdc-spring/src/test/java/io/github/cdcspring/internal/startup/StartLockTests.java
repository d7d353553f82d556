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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;

import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

/**
 * The lock of a slot, held and looked at by ordinary roles of their own.
 */
@PostgresTest
class StartLockTests {

	private static final String SLOT = "orders";

	private TestDatabase database;

	private Connection first;

	private Connection second;

	@BeforeEach
	void connect(TestDatabase database) throws SQLException {
		this.database = database;
		this.first = connect("first");
		this.second = connect("second");
	}

	private Connection connect(String role) throws SQLException {
		String name = this.database.name() + "_" + role;
		this.database.execute("CREATE ROLE " + name + " LOGIN PASSWORD 'x'");
		return DriverManager.getConnection(this.database.jdbcUrl(), name, "x");
	}

	@AfterEach
	void close() throws SQLException {
		this.first.close();
		this.second.close();
		this.database.execute("DROP ROLE " + this.database.name() + "_first",
				"DROP ROLE " + this.database.name() + "_second");
	}

	@Test
	void keepsOtherInstancesOnStandbyUntilItIsReleased() throws SQLException {
		new StartLock(SLOT).acquire(this.first, null);
		StartLock lock = new StartLock(SLOT);
		assertThatExceptionOfType(SlotHeldException.class).isThrownBy(() -> lock.acquire(this.second, null))
			.withMessageContaining("is starting to receive from replication slot 'orders'");
		assertThatNoException().isThrownBy(() -> new StartLock("customers").acquire(this.second, null));
		this.first.close();
		// The server releases the lock a moment later
		await().until(() -> "0".equals(this.database.queryForText(
				"SELECT count(*) FROM pg_stat_activity WHERE usename = '" + this.database.name() + "_first'")));
		assertThatNoException().isThrownBy(() -> lock.acquire(this.second, null));
	}

	@Test
	void doesNotWaitForAHolderThatWasPaused() throws SQLException {
		new StartLock(SLOT).acquire(this.first, null);
		StartLock lock = new StartLock(SLOT, Duration.ZERO);
		assertThatExceptionOfType(SlotHeldException.class).isThrownBy(() -> lock.acquire(this.second, null));
		assertThatNoException().isThrownBy(() -> lock.acquire(this.second, null));
	}

	@Test
	void waitsForAHolderThatIsAlive() throws SQLException {
		StartLock.Held held = new StartLock(SLOT).acquire(this.first, null);
		StartLock lock = new StartLock(SLOT, Duration.ZERO);
		for (int look = 0; look < 4; look++) {
			assertThatExceptionOfType(SlotHeldException.class).isThrownBy(() -> lock.acquire(this.second, null));
			held.pulse();
		}
	}

	@Test
	void refusesASlotThatHasChangedMeanwhile() throws SQLException {
		this.database.execute("SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')");
		assertThatExceptionOfType(SQLTransientException.class)
			.isThrownBy(() -> new StartLock(this.database.name()).acquire(this.first, null))
			.withMessage("Replication slot '" + this.database.name() + "' was created during the start");
	}

}
