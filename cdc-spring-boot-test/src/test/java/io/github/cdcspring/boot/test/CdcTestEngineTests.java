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

package io.github.cdcspring.boot.test;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Column;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CdcTestEngineTests {

	private final Recorder recorder = new Recorder();

	private final CdcTestEngine engine = CdcTestEngine.of(this.recorder);

	@Test
	void deliversRowsOfRecordsAndMaps() {
		Item item = new Item(1, "book", new BigDecimal("12.50"));
		this.engine.deliver(CdcTestEvent.create("items", item),
				CdcTestEvent.update("items", item, Map.of("id", 1L, "item_name", "lamp", "price", new BigDecimal("3"))),
				CdcTestEvent.read("items", item), CdcTestEvent.delete("items", item), CdcTestEvent.truncate("items"));
		assertThat(this.recorder.lines).containsExactly("CREATE null book {id=1}", "UPDATE book lamp {id=1}",
				"READ null book {id=1}", "DELETE book null {id=1}", "TRUNCATE null null null");
	}

	@Test
	void typesOfColumnsFollowFromJava() {
		Map<String, Object> row = new HashMap<>(Map.of("id", 1, "flag", true, "bytes", new byte[] { 1 }, "real", 1.5,
				"day", LocalDate.of(2026, 1, 2), "time", LocalTime.of(1, 2, 3), "moment",
				Instant.parse("2026-01-02T03:04:05.000006Z"), "local", LocalDateTime.of(1999, 1, 2, 3, 4, 5)));
		row.put("uuid", UUID.fromString("00000000-0000-0000-0000-000000000001"));
		row.put("zoned", OffsetTime.of(1, 2, 3, 0, ZoneOffset.ofHours(2)));
		row.put("operation", Operation.READ);
		row.put("nothing", null);
		this.engine.deliver(CdcTestEvent.create("things", row));
		row.put("operation", "READ");
		assertThat(this.recorder.things).singleElement().usingRecursiveComparison().isEqualTo(row);
	}

	@Test
	void valueWithoutColumnTypeIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CdcTestEvent.create("things", Map.of("id", 1, "tags", List.of("a"))))
			.withMessageContaining("column 'tags'");
		assertThatIllegalArgumentException().isThrownBy(() -> CdcTestEvent.create("things", "row"));
	}

	@Test
	void eventHasTheSamePositionWheneverItIsDelivered() {
		CdcTestEvent first = CdcTestEvent.create("items", new Item(1, "book", BigDecimal.ONE));
		this.engine.deliver(first, first, CdcTestEvent.create("items", new Item(2, "lamp", BigDecimal.ONE)));
		assertThat(this.recorder.positions.get(0)).isEqualTo(this.recorder.positions.get(1));
		assertThat(this.recorder.positions.get(2).lsn().isAfter(first.lsn())).isTrue();
	}

	@Test
	void eventsThatShareAnLsnDifferByTheirOrdinal() {
		CdcTestEvent first = CdcTestEvent.create("items", new Item(1, "book", BigDecimal.ONE));
		CdcTestEvent second = CdcTestEvent.create("items", new Item(2, "lamp", BigDecimal.ONE)).withLsnOf(first);
		CdcTestEvent third = CdcTestEvent.create("items", new Item(3, "desk", BigDecimal.ONE)).withLsnOf(second);
		this.engine.deliverTransaction(first, second, third.withKey("item_name"));
		this.engine.deliver(third);
		assertThat(this.recorder.lines).containsExactly("CREATE null book {id=1}", "CREATE null lamp {id=2}",
				"CREATE null desk {item_name=desk}", "CREATE null desk {id=3}");
		assertThat(this.recorder.positions).extracting(EventPosition::lsn).containsOnly(first.lsn());
		assertThat(this.recorder.positions).extracting(EventPosition::ordinal).containsExactly(0L, 1L, 2L, 2L);
		assertThat(this.recorder.positions.get(3)).isEqualTo(this.recorder.positions.get(2));
	}

	@Test
	void eventsOfATransactionArriveTogether() {
		this.engine.deliverTransaction(CdcTestEvent.create("parts", Map.of("id", 1)),
				CdcTestEvent.create("parts", Map.of("id", 2)));
		assertThat(this.recorder.transactions).containsExactly(List.of(1, 2));
	}

	@Test
	void exceptionOfTheListenerIsTheCause() {
		assertThatExceptionOfType(CdcException.class)
			.isThrownBy(() -> this.engine.deliver(CdcTestEvent.create("broken", Map.of("id", 1))))
			.withCauseInstanceOf(IllegalStateException.class)
			.withMessageContaining("failed in 1 attempt");
		this.engine.deliver(CdcTestEvent.create("parts", Map.of("id", 3)));
		assertThat(this.recorder.transactions).containsExactly(List.of(3));
	}

	@Test
	void listenerThatCountsIsNotIdempotent() {
		CdcTestEvent event = CdcTestEvent.create("items", new Item(1, "book", BigDecimal.ONE));
		this.engine.assertIdempotent(event, () -> this.recorder.last);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.engine.assertIdempotent(event, this.recorder.lines::size))
			.withMessageContaining("CREATE of public.items {id=1}");
	}

	@Test
	void listenerThatKeepsTheLastEventDependsOnTheOrder() {
		List<CdcTestEvent> events = List.of(CdcTestEvent.create("items", new Item(1, "book", BigDecimal.ONE)),
				CdcTestEvent.create("items", new Item(2, "lamp", BigDecimal.ONE)));
		this.engine.assertOrderIndependent(events, this.recorder.lines::clear,
				() -> this.recorder.lines.stream().sorted().toList());
		assertThatExceptionOfType(AssertionError.class).isThrownBy(
				() -> this.engine.assertOrderIndependent(events, this.recorder.lines::clear, () -> this.recorder.last));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.engine.assertOrderIndependent(events.subList(0, 1), () -> {
			}, () -> ""));
	}

	@Test
	void objectWithoutListenerIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> CdcTestEngine.of("no listener"));
	}

	record Item(long id, @Column("item_name") String name, BigDecimal price) {

	}

	record Part(int id) {

	}

	static class Recorder {

		final List<String> lines = new ArrayList<>();

		final List<EventPosition> positions = new ArrayList<>();

		final List<Map<String, Object>> things = new ArrayList<>();

		final List<List<Integer>> transactions = new ArrayList<>();

		@Nullable String last;

		@CdcListener(value = "items", operations = { Operation.CREATE, Operation.UPDATE, Operation.DELETE,
				Operation.READ, Operation.TRUNCATE })
		void item(ChangeEvent<Item> event) {
			this.lines.add(event.operation() + " " + name(event.before()) + " " + name(event.after()) + " "
					+ ((event.key() != null) ? event.key().columns() : null));
			this.positions.add(event.position());
			this.last = name(event.after());
		}

		@CdcListener("things")
		void thing(Map<String, Object> thing) {
			this.things.add(thing);
		}

		@CdcListener(value = "parts", wholeTransactions = true)
		void parts(List<Part> parts) {
			this.transactions.add(parts.stream().map(Part::id).toList());
		}

		@CdcListener("broken")
		void broken(Part part) {
			throw new IllegalStateException("broken");
		}

		private static @Nullable String name(@Nullable Item item) {
			return (item != null) ? item.name() : null;
		}

	}

}
