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

package io.github.cdcspring.internal.listener;

import io.github.cdcspring.internal.parking.DefaultListenerErrorHandler;
import io.github.cdcspring.internal.parking.EpochFence;
import io.github.cdcspring.internal.parking.NewParkedEvent;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ParkedEventStore;
import io.github.cdcspring.internal.parking.ParkedFailure;
import io.github.cdcspring.internal.parking.ParkedKey;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.settings.OnFailure;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens to the parked rows of a snapshot when another run receives its rows.
 */
@PostgresTest
class ParkedSnapshotRowsTests {

	private static final ParkedKey KEY = new ParkedKey(ListenerGroup.SINGLE, "00000000000000aa");

	private ParkedEventStore store;

	@BeforeEach
	void park(TestDatabase database) {
		this.store = new ParkedEventStore(database.dataSource(), "cdc_parked_event", true,
				new EpochFence(new OffsetKey("default", "slot"), null, null));
		this.store.prepare();
		this.store.park(NewParkedEvent.of(KEY, TestChange.read(1)), 1, new ParkedFailure("orders.on", "x.Failure"));
	}

	@Test
	void removesThemIfTheSnapshotIsRepeated() {
		receive(true, TestChange.read(2));
		assertThat(this.store.count()).isZero();
	}

	@Test
	void keepsThemIfEachRowIsDeliveredOnce() {
		receive(false, TestChange.read(2));
		assertThat(this.store.count()).isEqualTo(1);
	}

	/** Another instance, which does not know the parked keys. */
	private void receive(boolean repeatsSnapshots, Change change) {
		new DefaultListenerErrorHandler("default", OnFailure.PARK, new ParkedEventQueues(this.store), false,
				repeatsSnapshots)
			.parkBehind(null, change);
	}

}
