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

package io.github.cdcspring.offset;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every store promises.
 */
abstract class OffsetStoreContract {

	static final Instant STORED_AT = Instant.parse("2026-03-04T05:06:07.123456Z");

	abstract OffsetStore store();

	static OffsetKey key(String engine) {
		return new OffsetKey(engine, "the_slot");
	}

	static StoredOffset offset(String lsn) {
		return new StoredOffset(Lsn.parse(lsn), "{\"lsn\":1}", null, null, List.of(), false, STORED_AT);
	}

	static Stream<StoredOffset> values() {
		Lsn last = new Lsn(-1);
		return Stream.of(offset("0/0"), offset("0/16B3748"), offset("7FFFFFFF/FFFFFFFF"), offset("80000000/0"),
				offset("FFFFFFFF/FFFFFFFF"),
				new StoredOffset(last, "{\"x\":\"a=b\\\\c\\n\nüλ😀'\\\"; DROP TABLE x; --\"}",
						new OffsetOrigin("18446744073709551615", Integer.MAX_VALUE, Long.MAX_VALUE),
						new LastSeenSlot("18446744073709551614", Integer.MAX_VALUE - 1, "the_slot", last, last,
								Long.MAX_VALUE, STORED_AT.plusNanos(1)),
						List.of(new CapturedRelation(4294967295L, new TableId("pub\"lic", "o'r\\der\ns😀"),
								"7;10;16500;8", new CapturedKey(List.of(2, 1), List.of("i\"d", "Größe"), true)),
								new CapturedRelation(1, new TableId("s", "t"), "", null)),
						true, STORED_AT),
				new StoredOffset(Lsn.ZERO, "{}", null, new LastSeenSlot("1", 1, "the_slot", Lsn.ZERO, null, null, null),
						List.of(), true, Instant.EPOCH),
				new StoredOffset(Lsn.ZERO, "{}", new OffsetOrigin("1", 1, null),
						new LastSeenSlot("1", 1, "the_slot", Lsn.ZERO, Lsn.ZERO, null, Instant.EPOCH), List.of(), false,
						Instant.parse("1969-12-31T23:59:59.999999999Z")),
				new StoredOffset(Lsn.ZERO, " {}\t", new OffsetOrigin("1", 1, 0L),
						new LastSeenSlot("1", 1, "the_slot", Lsn.ZERO, null, 0L, null), List.of(), false,
						Instant.parse("9999-12-31T23:59:59.999999999Z")));
	}

	@Test
	void hasNoOffsetAtFirst() {
		assertThat(store().load(key("one"))).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("values")
	void returnsEveryValueAsItWasSaved(StoredOffset value) {
		store().save(key("one"), 1, value);
		assertThat(store().load(key("one"))).contains(value);
	}

	@Test
	void replacesTheWholeValue() {
		values().forEach((value) -> {
			store().save(key("one"), 1, value);
			assertThat(store().load(key("one"))).contains(value);
		});
	}

	@Test
	void movesBackwardsWhenTold() {
		store().save(key("one"), 1, offset("0/2"));
		store().save(key("one"), 1, offset("0/1"));
		assertThat(store().load(key("one"))).contains(offset("0/1"));
	}

	@Test
	void keepsEnginesApart() {
		List<String> engines = List.of("default", "one", "One", "ONE", "o.ne", "o-ne", "o/ne", "../one", "lock",
				"one.lock", "one.tmp", "", " ", "%6F", "üλ😀", "'; DROP TABLE cdc_offset; --", "x".repeat(3000),
				"x".repeat(3001));
		for (int i = 0; i < engines.size(); i++) {
			store().save(key(engines.get(i)), 1, offset("0/" + i));
		}
		for (int i = 0; i < engines.size(); i++) {
			assertThat(store().load(key(engines.get(i)))).as(engines.get(i)).contains(offset("0/" + i));
		}
		assertThat(store().load(key("other"))).isEmpty();
	}

	@Test
	void keepsSlotsApart() {
		OffsetKey other = new OffsetKey("one", "other_slot");
		store().save(key("one"), 1, offset("0/1"));
		assertThat(store().load(other)).isEmpty();
		store().save(other, 5, offset("0/2"));
		assertThat(store().load(key("one"))).contains(offset("0/1"));
		assertThat(store().load(other)).contains(offset("0/2"));
		assertThat(store().otherSlots(key("one"))).containsExactly("other_slot");
		assertThat(store().otherSlots(other)).containsExactly("the_slot");
		assertThat(store().otherSlots(key("two"))).isEmpty();
	}

	@Test
	void takesOverWhereNothingIsStored() {
		OffsetTakeover takeover = store().takeOver(key("one"));
		assertThat(takeover.offset()).isEmpty();
		assertThat(store().load(key("one"))).isEmpty();
		store().verify(key("one"), takeover.epoch());
		store().save(key("one"), takeover.epoch(), offset("0/1"));
		assertThat(store().load(key("one"))).contains(offset("0/1"));
	}

	@Test
	void returnsWhatIsStoredToWhoTakesOver() {
		values().forEach((value) -> {
			long epoch = store().takeOver(key("one")).epoch();
			store().save(key("one"), epoch, value);
			OffsetTakeover next = store().takeOver(key("one"));
			assertThat(next.offset()).contains(value);
			assertThat(next.epoch()).isGreaterThan(epoch);
		});
	}

	@Test
	void refusesSavesOfAnInstanceThatWasReplaced() {
		long first = store().takeOver(key("one")).epoch();
		store().save(key("one"), first, offset("0/1"));
		long second = store().takeOver(key("one")).epoch();
		assertThatExceptionOfType(OffsetFencedException.class)
			.isThrownBy(() -> store().save(key("one"), first, offset("0/2")))
			.withMessageStartingWith("Another instance has taken over engine 'one' on slot 'the_slot': its epoch "
					+ second + " has replaced " + first + ".");
		assertThatExceptionOfType(OffsetFencedException.class).isThrownBy(() -> store().verify(key("one"), first));
		assertThat(store().load(key("one"))).contains(offset("0/1"));
		store().verify(key("one"), second);
		store().save(key("one"), second, offset("0/3"));
		assertThat(store().load(key("one"))).contains(offset("0/3"));
	}

	@Test
	void givesEachTakeoverAnEpochOfItsOwn() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Long>> instances = Collections.nCopies(40, () -> store().takeOver(key("one")).epoch());
			Set<Long> epochs = new HashSet<>();
			for (Future<Long> epoch : threads.invokeAll(instances)) {
				epochs.add(epoch.get());
			}
			assertThat(epochs).hasSize(40);
			long last = Collections.max(epochs);
			store().verify(key("one"), last);
			assertThatExceptionOfType(OffsetFencedException.class)
				.isThrownBy(() -> store().save(key("one"), last - 1, offset("0/1")));
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void takesSavesOfManyThreads() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Void>> savers = new ArrayList<>();
			for (int thread = 0; thread < 8; thread++) {
				String engine = "engine" + thread % 4;
				savers.add(() -> {
					for (int i = 1; i <= 25; i++) {
						store().save(key(engine), 1, offset("0/" + i));
						assertThat(store().load(key(engine))).isPresent();
					}
					return null;
				});
			}
			for (Future<Void> saver : threads.invokeAll(savers)) {
				saver.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
		for (int engine = 0; engine < 4; engine++) {
			assertThat(store().load(key("engine" + engine))).contains(offset("0/25"));
		}
	}

	@Test
	void savesOnAThreadThatIsInterrupted() {
		Thread.currentThread().interrupt();
		try {
			store().save(key("one"), 1, offset("0/1"));
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
		}
		finally {
			Thread.interrupted();
		}
		assertThat(store().load(key("one"))).contains(offset("0/1"));
	}

}
