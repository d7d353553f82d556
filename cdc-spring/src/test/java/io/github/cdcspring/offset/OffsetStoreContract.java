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
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.github.cdcspring.Lsn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every store promises.
 */
abstract class OffsetStoreContract {

	static final Instant STORED_AT = Instant.parse("2026-03-04T05:06:07.123456Z");

	abstract OffsetStore store();

	static StoredOffset offset(String lsn) {
		return new StoredOffset(Lsn.parse(lsn), "{\"lsn\":1}", null, false, STORED_AT);
	}

	static Stream<StoredOffset> values() {
		Lsn last = new Lsn(-1);
		return Stream.of(offset("0/0"), offset("0/16B3748"), offset("7FFFFFFF/FFFFFFFF"), offset("80000000/0"),
				offset("FFFFFFFF/FFFFFFFF"),
				new StoredOffset(last, "{\"x\":\"a=b\\\\c\\n\nüλ😀'\\\"; DROP TABLE x; --\"}",
						new LastSeenSlot("18446744073709551615", Integer.MAX_VALUE, "the_slot", last, last,
								Long.MAX_VALUE, STORED_AT.plusNanos(1)),
						true, STORED_AT),
				new StoredOffset(Lsn.ZERO, "{}", new LastSeenSlot("1", 1, "s", Lsn.ZERO, null, null, null), true,
						Instant.EPOCH),
				new StoredOffset(Lsn.ZERO, "{}", new LastSeenSlot("1", 1, "s", Lsn.ZERO, Lsn.ZERO, null, Instant.EPOCH),
						false, Instant.parse("1969-12-31T23:59:59.999999999Z")),
				new StoredOffset(Lsn.ZERO, " {}\t", new LastSeenSlot("1", 1, "s", Lsn.ZERO, null, 0L, null), false,
						Instant.parse("9999-12-31T23:59:59.999999999Z")));
	}

	@Test
	void hasNoOffsetAtFirst() {
		assertThat(store().load("one")).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("values")
	void returnsEveryValueAsItWasSaved(StoredOffset value) {
		store().save("one", value);
		assertThat(store().load("one")).contains(value);
	}

	@Test
	void replacesTheWholeValue() {
		values().forEach((value) -> {
			store().save("one", value);
			assertThat(store().load("one")).contains(value);
		});
	}

	@Test
	void movesBackwardsWhenTold() {
		store().save("one", offset("0/2"));
		store().save("one", offset("0/1"));
		assertThat(store().load("one")).contains(offset("0/1"));
	}

	@Test
	void keepsEnginesApart() {
		List<String> engines = List.of("default", "one", "One", "ONE", "o.ne", "o-ne", "o/ne", "../one", "lock",
				"one.lock", "one.tmp", "", " ", "%6F", "üλ😀", "'; DROP TABLE cdc_offset; --", "x".repeat(3000),
				"x".repeat(3001));
		for (int i = 0; i < engines.size(); i++) {
			store().save(engines.get(i), offset("0/" + i));
		}
		for (int i = 0; i < engines.size(); i++) {
			assertThat(store().load(engines.get(i))).as(engines.get(i)).contains(offset("0/" + i));
		}
		assertThat(store().load("other")).isEmpty();
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
						store().save(engine, offset("0/" + i));
						assertThat(store().load(engine)).isPresent();
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
			assertThat(store().load("engine" + engine)).contains(offset("0/25"));
		}
	}

	@Test
	void savesOnAThreadThatIsInterrupted() {
		Thread.currentThread().interrupt();
		try {
			store().save("one", offset("0/1"));
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
		}
		finally {
			Thread.interrupted();
		}
		assertThat(store().load("one")).contains(offset("0/1"));
	}

}
