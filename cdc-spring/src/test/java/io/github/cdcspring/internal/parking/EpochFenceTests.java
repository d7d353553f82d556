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

package io.github.cdcspring.internal.parking;

import java.util.List;

import javax.sql.DataSource;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.support.TableName;
import io.github.cdcspring.offset.JdbcOffsetStore;
import io.github.cdcspring.offset.OffsetFencedException;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@PostgresTest
class EpochFenceTests {

	private static final ParkedFailure FAILURE = new ParkedFailure("orders.on", "x.Failure");

	private static final ParkedKey KEY = new ParkedKey("orders.on", "00000000000000aa");

	private DataSource dataSource;

	private TestDatabase database;

	private JdbcOffsetStore offsets;

	@BeforeEach
	void open(TestDatabase database) {
		this.database = database;
		this.dataSource = database.dataSource();
		this.offsets = new JdbcOffsetStore(this.dataSource, "cdc_offset", true);
	}

	@Test
	void refusesEventsOfAnInstanceThatWasReplaced() {
		EpochFence former = fence("slot", true);
		ProcessedEvents processed = new ProcessedEvents(this.dataSource, "cdc_processed", true, former);
		assertThat(processed.register("one", position(1))).isTrue();
		assertThat(processed.register("one", List.of(position(2), position(3)))).hasSize(2);
		EpochFence successor = fence("slot", true);
		assertFenced(() -> processed.register("one", position(1)));
		assertFenced(() -> processed.register("one", position(4)));
		assertFenced(() -> processed.register("one", List.of(position(3), position(4))));
		assertThat(this.database.queryForText("SELECT count(*) FROM cdc_processed")).isEqualTo("3");
		ProcessedEvents next = new ProcessedEvents(this.dataSource, "cdc_processed", true, successor);
		assertThat(next.register("one", position(1))).isFalse();
		assertThat(next.register("one", position(4))).isTrue();
		assertThat(processed.forgetUntil(new Lsn(1000))).isZero();
		assertThat(next.forgetUntil(new Lsn(1000))).isEqualTo(4);
	}

	@Test
	void removesNothingOfTheSuccessorWhereTheOffsetIsElsewhere() {
		ProcessedEvents processed = new ProcessedEvents(this.dataSource, "cdc_processed", true, fence("slot", false));
		processed.register("one", position(1));
		fence("slot", false);
		assertFenced(() -> processed.forgetUntil(new Lsn(1000)));
		assertThat(this.database.queryForText("SELECT count(*) FROM cdc_processed")).isEqualTo("1");
	}

	@Test
	void refusesParkedEventsOfAnInstanceThatWasReplaced() {
		for (boolean sameDatabase : List.of(true, false)) {
			ParkedEventStore parked = parked(fence("slot" + sameDatabase, sameDatabase));
			parked.park(event(1), 1, FAILURE);
			assertThat(parked.parkBehind(event(2))).isTrue();
			long id = parked.list(null, 0, 1).get(0).id();
			ParkedEventStore next = parked(fence("slot" + sameDatabase, sameDatabase));
			assertFenced(() -> parked.park(event(1), 1, FAILURE));
			assertFenced(() -> parked.park(event(3), 1, FAILURE));
			assertFenced(() -> parked.parkBehind(event(4)));
			assertFenced(() -> parked.failedAgain(id, 1, FAILURE));
			assertFenced(() -> parked.remove(id));
			assertFenced(() -> parked.removeAll(KEY));
			assertFenced(parked::removeSnapshot);
			assertFenced(parked::verify);
			assertThat(next.count()).isEqualTo(2);
			assertThat(next.remove(id)).isTrue();
			assertThat(next.removeAll(KEY)).isEqualTo(1);
		}
	}

	@Test
	void keepsSlotsOfTheSameEngineNameApart() {
		EpochFence one = fence("one", true);
		EpochFence two = fence("two", true);
		assertThat(new ProcessedEvents(this.dataSource, "cdc_processed", true, one).register("l", position(1)))
			.isTrue();
		ProcessedEvents other = new ProcessedEvents(this.dataSource, "cdc_processed", true, two);
		assertThat(other.register("l", position(1))).isTrue();
		assertThat(other.forgetUntil(new Lsn(1000))).isEqualTo(1);
		assertThat(this.database.queryForText("SELECT slot_name FROM cdc_processed")).isEqualTo("one");
		parked(one).park(event(1), 1, FAILURE);
		assertThat(parked(two).keys()).isEmpty();
		assertThat(parked(two).list(null, 0, 10)).isEmpty();
		assertThat(parked(two).removeAll(KEY)).isZero();
		assertThat(parked(one).count()).isEqualTo(1);
	}

	@Test
	void claimsWhereTheOffsetRowWasDeleted() {
		ProcessedEvents processed = new ProcessedEvents(this.dataSource, "cdc_processed", true, fence("slot", true));
		this.database.execute("DELETE FROM cdc_offset");
		assertThat(processed.register("one", position(1))).isTrue();
		assertThat(processed.register("one", position(1))).isFalse();
	}

	private static void assertFenced(ThrowingCallable write) {
		assertThatExceptionOfType(OffsetFencedException.class).isThrownBy(write);
	}

	private EpochFence fence(String slot, boolean sameDatabase) {
		OffsetKey key = new OffsetKey("default", slot);
		EpochFence fence = new EpochFence(key, this.offsets, sameDatabase ? new TableName(null, "cdc_offset") : null);
		fence.open(this.offsets.takeOver(key).epoch());
		return fence;
	}

	private ParkedEventStore parked(EpochFence fence) {
		return new ParkedEventStore(this.dataSource, "cdc_parked_event", true, fence);
	}

	private static EventPosition position(long lsn) {
		return new EventPosition(new Lsn(1), 7, new Lsn(lsn), 0);
	}

	private static NewParkedEvent event(long lsn) {
		return new NewParkedEvent(KEY, "public.orders", position(lsn), Operation.UPDATE, false, "{}");
	}

}
