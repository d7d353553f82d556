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

package io.github.cdcspring.internal.startup.check;

import java.util.List;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Which groups are refused, and with which command.
 */
class GroupChecksTests {

	private final TestEngine engine = new TestEngine();

	private List<GroupPartition> others = List.of();

	private List<RefusalText> refusals(KafkaOrder order, GroupPartition... partitions) {
		StartRefusedException refused = catchThrowableOfType(StartRefusedException.class,
				() -> GroupChecks.check(this.engine.settings(), new EngineSettings.Kafka("cdc_shop", "shop", order),
						List.of(partitions), this.others, (topic) -> !topic.equals("shop.public.foreign")));
		return (refused != null) ? RefusalText.of(refused.violations()) : List.of();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			,   false
			4,  true
			5,  false
			10, false
			11, true
			""")
	void refusesAnOffsetThatThePartitionDoesNotHave(@Nullable Long committed, boolean refused) {
		List<RefusalText> refusals = refusals(KafkaOrder.KEY,
				new GroupPartition("shop.public.orders", 3, committed, 5, 10, null));
		if (!refused) {
			assertThat(refusals).isEmpty();
			return;
		}
		assertThat(refusals).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("group-offset");
			assertThat(violation.problem()).contains("'shop' has committed offset " + committed,
					"'shop.public.orders:3', which has the offsets 5 to 10");
			assertThat(violation.action())
				.endsWith("--group shop --topic shop.public.orders:3 --reset-offsets --to-earliest --execute");
		});
	}

	@Test
	void refusesPartitionsThatWereAddedUnlessAccepted() {
		GroupPartition known = new GroupPartition("orders", 0, 7L, 0, 10, null);
		GroupPartition added = new GroupPartition("orders", 1, null, 0, 10, null);
		GroupPartition other = new GroupPartition("new", 0, null, 0, 10, null);
		assertThat(refusals(KafkaOrder.KEY, known, other)).isEmpty();
		assertThat(refusals(KafkaOrder.STREAM, known, added)).isEmpty();
		assertThat(refusals(KafkaOrder.KEY, known, added, other)).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("topic-partitions");
			assertThat(violation.problem())
				.startsWith("Topic 'orders' has 2 partitions, of which Consumer group 'shop' knows 1.");
		});
		this.engine.accepting("topic-partitions");
		assertThat(refusals(KafkaOrder.KEY, known, added)).isEmpty();
	}

	@Test
	void refusesPartitionsThatWereAddedWhileTheGroupReceived() {
		GroupPartition before = new GroupPartition("orders", 0, 7L, 0, 10, 1);
		GroupPartition after = new GroupPartition("orders", 1, 0L, 0, 10, 2);
		assertThat(refusals(KafkaOrder.KEY, before, after)).singleElement()
			.satisfies((violation) -> assertThat(violation.problem())
				.startsWith("Topic 'orders' has 2 partitions, of which Consumer group 'shop' knows 1."));
		assertThat(refusals(KafkaOrder.KEY, new GroupPartition("orders", 0, 7L, 0, 10, 2), after)).isEmpty();
	}

	@Test
	void startsAnInstanceWhileAnotherOneHasNotCommittedYet() {
		GroupPartition committed = new GroupPartition("orders", 0, 0L, 0, 10, 2);
		GroupPartition assigned = new GroupPartition("orders", 1, null, 0, 10, null);
		assertThat(refusals(KafkaOrder.KEY, committed, assigned)).isEmpty();
		assertThat(refusals(KafkaOrder.KEY, new GroupPartition("orders", 0, 0L, 0, 10, 3), committed, assigned))
			.singleElement()
			.satisfies((violation) -> assertThat(violation.rule()).isEqualTo("topic-partitions"));
	}

	@Test
	void refusesAChangeOfTheOrderWhileATopicWasNeverReceived() {
		GroupPartition received = new GroupPartition("shop.public.orders", 0, 10L, 0, 10, null);
		GroupPartition unknown = new GroupPartition("shop.public.item", 0, null, 0, 1, null);
		this.others = List.of(unknown);
		assertThat(refusals(KafkaOrder.STREAM)).isEmpty();
		this.others = List.of(received, unknown);
		assertThat(refusals(KafkaOrder.STREAM)).singleElement()
			.satisfies((violation) -> assertThat(violation.problem()).contains("shop.public.item")
				.doesNotContain("shop.public.orders"));
		this.others = List.of(received, new GroupPartition("shop.public.foreign", 0, null, 0, 1, null),
				new GroupPartition("shop.public.empty", 0, null, 7, 7, null));
		assertThat(refusals(KafkaOrder.STREAM)).isEmpty();
	}

	@Test
	void eventsThatKafkaHasRemovedDoNotRefuseAChangeOfTheOrder() {
		this.others = List.of(new GroupPartition("shop.public.orders", 0, 5L, 10, 10, null));
		assertThat(refusals(KafkaOrder.STREAM)).isEmpty();
		this.others = List.of(new GroupPartition("shop.public.orders", 0, 5L, 9, 10, null));
		assertThat(refusals(KafkaOrder.STREAM)).hasSize(1);
	}

	@Test
	void refusesAChangeOfTheOrderWhileEventsWhileEventsOfTheOtherOneAreNotReceived() {
		this.others = List.of(new GroupPartition("shop.public.orders", 0, 10L, 0, 10, null),
				new GroupPartition("shop.public.foreign", 0, null, 0, 10, null));
		assertThat(refusals(KafkaOrder.STREAM)).isEmpty();
		this.others = List.of(new GroupPartition("shop.public.orders", 0, 9L, 0, 10, null));
		assertThat(refusals(KafkaOrder.STREAM)).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("group-order");
			assertThat(violation.problem()).contains("shop.public.orders",
					"never receives them with cdc.kafka.order=stream");
			assertThat(violation.action()).startsWith("Set cdc.kafka.order=key, start the application");
		});
	}

}
