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

package io.github.cdcspring.internal.offset;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetFencedException;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.OffsetStoreException;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class OffsetSessionTests {

	private static final OffsetKey KEY = new OffsetKey("default", "slot");

	private final MemoryOffsetStore store = new MemoryOffsetStore();

	@Test
	void savesEachPositionWithTheHistoryItWasReceivedOver() {
		OffsetSession first = open(1);
		first.recordSlot(seen(1, 100));
		first.save(new Lsn(100), "{}", 7L);
		OffsetSession second = open(2);
		second.save(new Lsn(200), "{}", 8L);
		StoredOffset stored = this.store.load(KEY).orElseThrow();
		assertThat(stored.origin()).isEqualTo(new OffsetOrigin("system", 2, 8L));
		// The slot was not looked at again
		assertThat(stored.slot()).isEqualTo(seen(1, 100));
		open(3).save(new Lsn(300), "{}");
		assertThat(this.store.load(KEY).orElseThrow().origin()).isEqualTo(new OffsetOrigin("system", 3, 8L));
	}

	@Test
	void heartbeatsAndRestartsKeepTheLastTransaction() {
		OffsetSession session = open(1);
		session.save(new Lsn(100), "{}", 7L);
		session.save(new Lsn(200), "{}", null);
		assertThat(lastTransaction()).isEqualTo(7);
		open(1).save(new Lsn(300), "{}", null);
		assertThat(lastTransaction()).isEqualTo(7);
		session = new OffsetSession(KEY, this.store, Clock.systemUTC());
		session.takeOver();
		session.receiveFrom("other", 1, null, 1000);
		session.save(new Lsn(400), "{}", null);
		assertThat(lastTransaction()).isNull();
	}

	@Test
	void transactionsHaveTheEpochOfTheServer() {
		OffsetSession session = new OffsetSession(KEY, this.store, Clock.systemUTC());
		session.takeOver();
		session.receiveFrom("system", 1, null, (2L << 32) - 5);
		session.save(new Lsn(100), "{}", (1L << 32) - 7);
		assertThat(lastTransaction()).isEqualTo((2L << 32) - 7);
		session.save(new Lsn(200), "{}", 3L);
		assertThat(lastTransaction()).isEqualTo((2L << 32) + 3);
	}

	/**
	 * Between two attempts of a store that fails late, health must not say that all is
	 * well.
	 */
	@Test
	void anAttemptThatIsRepeatedIsOneCallOfTheStore() {
		List<Duration> longest = new ArrayList<>();
		AtomicReference<OffsetSession> session = new AtomicReference<>();
		OffsetStore failing = (OffsetStore) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { OffsetStore.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("save")) {
						if (longest.isEmpty()) {
							await().until(() -> session.get().longestStoreCall().toMillis() > 50);
						}
						longest.add(session.get().longestStoreCall());
						if (longest.size() == 1) {
							throw new OffsetStoreException("The pool is exhausted", null);
						}
					}
					return method.invoke(this.store, arguments);
				});
		session.set(new OffsetSession(KEY, failing, Clock.systemUTC()));
		session.get().takeOver();
		session.get().save(new Lsn(100), "{}");
		assertThat(longest).hasSize(2).isSorted();
		assertThat(session.get().longestStoreCall()).isZero();
	}

	private @Nullable Long lastTransaction() {
		return this.store.load(KEY).map(StoredOffset::origin).map(OffsetOrigin::transactionId).orElse(null);
	}

	@Test
	void leavesThePositionItsHistoryWhenOnlyTheSlotIsSeenAgain() {
		open(1).save(new Lsn(100), "{}", 7L);
		OffsetSession second = open(2);
		second.recordSlotAhead(seen(2, 150));
		StoredOffset stored = this.store.load(KEY).orElseThrow();
		assertThat(stored.slot()).isEqualTo(seen(2, 150));
		assertThat(stored.origin()).isEqualTo(new OffsetOrigin("system", 1, 7L));
		second.stoppedInOrder();
		stored = this.store.load(KEY).orElseThrow();
		assertThat(stored.clean()).isTrue();
		assertThat(stored.origin()).isEqualTo(new OffsetOrigin("system", 1, 7L));
	}

	@Test
	void remembersTheCreationOfTheSlotUntilAPositionIsStored() {
		OffsetSession session = open(1);
		session.recordSlot(new LastSeenSlot("system", 1, "slot", new Lsn(100), new Lsn(100), null, null));
		session.recordSlotAhead(seen(1, 150));
		session.save(new Lsn(200), "{}", 7L);
		assertThat(this.store.load(KEY).orElseThrow().slot())
			.isEqualTo(new LastSeenSlot("system", 1, "slot", new Lsn(150), new Lsn(100), null, null));
	}

	@Test
	void savesTheCapturedRelationsWithThePosition() {
		List<CapturedRelation> relations = List
			.of(new CapturedRelation(16385, new TableId("public", "orders"), "7;10", null));
		OffsetSession first = open(1);
		first.recordRelations(relations);
		first.save(new Lsn(100), "{}");
		assertThat(this.store.load(KEY).orElseThrow().relations()).isEqualTo(relations);
		OffsetSession second = open(1);
		second.save(new Lsn(200), "{}");
		second.stoppedInOrder();
		assertThat(this.store.load(KEY).orElseThrow().relations()).isEqualTo(relations);
	}

	@Test
	void savesRelationsAndARequestToReadThemAtOnce() {
		List<CapturedRelation> relations = List
			.of(new CapturedRelation(16385, new TableId("public", "orders"), "7;10", null));
		List<StoredOffset> saved = new ArrayList<>();
		OffsetStore noting = (OffsetStore) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { OffsetStore.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("save")) {
						saved.add((StoredOffset) arguments[2]);
					}
					return method.invoke(this.store, arguments);
				});
		open(1).save(new Lsn(100), "{}");
		OffsetSession session = new OffsetSession(KEY, noting, Clock.systemUTC());
		session.takeOver();
		session.recordRelations(relations, "{\"read\":1}");
		session.recordRelations(relations, "{\"read\":1}");
		assertThat(saved).singleElement().satisfies((offset) -> {
			assertThat(offset.lsn()).isEqualTo(new Lsn(100));
			assertThat(offset.relations()).isEqualTo(relations);
			assertThat(offset.position()).isEqualTo("{\"read\":1}");
		});
	}

	@Test
	void savesNothingAfterAnotherInstanceHasTakenOver() {
		OffsetSession former = open(1);
		former.save(new Lsn(100), "{}");
		OffsetSession successor = open(1);
		assertThatExceptionOfType(OffsetFencedException.class).isThrownBy(() -> former.save(new Lsn(50), "{}"));
		assertThatExceptionOfType(OffsetFencedException.class).isThrownBy(former::stoppedInOrder);
		assertThatExceptionOfType(OffsetFencedException.class).isThrownBy(former::verify);
		assertThat(former.current().orElseThrow().lsn()).isEqualTo(new Lsn(100));
		successor.save(new Lsn(200), "{}");
		assertThat(this.store.load(KEY).orElseThrow().lsn()).isEqualTo(new Lsn(200));
	}

	@Test
	void savesNothingBeforeItHasTakenOver() {
		OffsetSession session = new OffsetSession(KEY, this.store, Clock.systemUTC());
		assertThatIllegalStateException().isThrownBy(() -> session.save(new Lsn(1), "{}"));
		assertThat(this.store.load(KEY)).isEmpty();
	}

	@Test
	void seesWhatAnotherInstanceStoredBeforeItTakesOver() {
		OffsetSession former = open(1);
		OffsetSession session = new OffsetSession(KEY, this.store, Clock.systemUTC());
		former.save(new Lsn(100), "{}");
		assertThat(session.current()).isEmpty();
		assertThat(session.reload()).isPresent();
		former.save(new Lsn(200), "{}");
		assertThat(session.takeOver().orElseThrow().lsn()).isEqualTo(new Lsn(200));
	}

	private OffsetSession open(int timeline) {
		OffsetSession session = new OffsetSession(KEY, this.store, Clock.systemUTC());
		session.takeOver();
		session.receiveFrom("system", timeline, null, 1000);
		return session;
	}

	private static LastSeenSlot seen(int timeline, long lsn) {
		return new LastSeenSlot("system", timeline, "slot", new Lsn(lsn), null, null, null);
	}

}
