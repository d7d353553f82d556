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

package io.github.cdcspring.lab;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventCheckTests {

	@Test
	void findsNothingWhereEachRowArrivedOnce() {
		assertThat(check(Set.of(1L, 2L, 3L), events("a", 1, 2, 3))).isEqualTo(new EventCheck(0, 0, 0, 0));
	}

	@Test
	void countsRowsThatNeverArrived() {
		EventCheck check = check(Set.of(1L, 2L, 3L), events("a", 1, 3));
		assertThat(check).isEqualTo(new EventCheck(1, 0, 0, 0));
		assertThat(check.isGood()).isFalse();
		assertThat(check(Set.of(1L, 2L), Stream.of())).isEqualTo(new EventCheck(2, 0, 0, 0));
	}

	@Test
	void countsWhatWasSentAgainAfterARestartAsDuplicates() {
		EventCheck check = check(Set.of(1L, 2L, 3L, 4L), events("a", 1, 2, 3, 2, 3, 4));
		assertThat(check).isEqualTo(new EventCheck(0, 2, 0, 0));
		assertThat(check.isGood()).isTrue();
	}

	@Test
	void countsWhatArrivedAfterALaterRow() {
		EventCheck check = check(Set.of(1L, 2L, 3L), events("a", 1, 3, 2));
		assertThat(check).isEqualTo(new EventCheck(0, 0, 1, 0));
		assertThat(check.isGood()).isFalse();
	}

	@Test
	void countsWhatTheSurvivingPrimaryDoesNotHave() {
		EventCheck check = check(Set.of(1L, 3L), events("a", 1, 2, 3));
		assertThat(check).isEqualTo(new EventCheck(0, 0, 0, 1));
		assertThat(check.isGood()).isFalse();
	}

	@Test
	void checksEachListener() {
		assertThat(check(Set.of(1L, 2L), Stream.concat(events("a", 1, 2), events("b", 2))))
			.isEqualTo(new EventCheck(1, 0, 0, 0));
	}

	@Test
	void countsChangesOfARowThatNeverArrived() {
		Stream<Recorded.Event> received = Stream.of(event("CREATE", 1, 10), event("UPDATE", 1, 30));
		assertThat(check(Map.of(1L, 3), received, 1)).isEqualTo(new EventCheck(1, 0, 0, 0));
	}

	@Test
	void countsChangesThatTheSurvivingPrimaryDoesNotHave() {
		Stream<Recorded.Event> received = Stream.of(event("CREATE", 1, 10), event("UPDATE", 1, 20));
		assertThat(check(Map.of(1L, 1), received, 1)).isEqualTo(new EventCheck(0, 0, 0, 1));
	}

	@Test
	void countsChangesOfARowOutOfOrderWithEveryNumberOfLanes() {
		List<Recorded.Event> received = List.of(event("CREATE", 1, 10), event("UPDATE", 1, 30), event("UPDATE", 1, 20),
				event("UPDATE", 1, 30));
		assertThat(check(Map.of(1L, 3), received.stream(), 1)).isEqualTo(new EventCheck(0, 1, 1, 0));
		assertThat(check(Map.of(1L, 3), received.stream(), 4)).isEqualTo(new EventCheck(0, 1, 1, 0));
	}

	@Test
	void rowsMayOvertakeEachOtherWithSeveralLanes() {
		List<Recorded.Event> received = List.of(event("CREATE", 2, 20), event("CREATE", 1, 10));
		assertThat(check(Map.of(1L, 1, 2L, 1), received.stream(), 1)).isEqualTo(new EventCheck(0, 0, 1, 0));
		assertThat(check(Map.of(1L, 1, 2L, 1), received.stream(), 2)).isEqualTo(new EventCheck(0, 0, 0, 0));
	}

	@Test
	void aRowThatASnapshotReadContainsItsEarlierChanges() {
		Stream<Recorded.Event> received = Stream.of(new Recorded.Event(0, "a", "READ", "orders", null, "1"),
				event("UPDATE", 1, 30));
		assertThat(check(Map.of(1L, 3), received, 1)).isEqualTo(new EventCheck(0, 0, 0, 0));
	}

	private static EventCheck check(Set<Long> present, Stream<Recorded.Event> received) {
		Map<Long, Integer> changes = present.stream().collect(Collectors.toMap(Function.identity(), (number) -> 1));
		return check(changes, received, 1);
	}

	private static EventCheck check(Map<Long, Integer> changes, Stream<Recorded.Event> received, int lanes) {
		List<Recorded.Event> events = received.toList();
		return EventCheck.of(events, changes, changes, lanes);
	}

	private static Stream<Recorded.Event> events(String listener, int... keys) {
		return Arrays.stream(keys)
			.mapToObj((key) -> new Recorded.Event(0, listener, "CREATE", "orders", new Recorded.Position(key, 0),
					String.valueOf(key)));
	}

	private static Recorded.Event event(String operation, long key, long lsn) {
		return new Recorded.Event(0, "a", operation, "orders", new Recorded.Position(lsn, 0), String.valueOf(key));
	}

}
