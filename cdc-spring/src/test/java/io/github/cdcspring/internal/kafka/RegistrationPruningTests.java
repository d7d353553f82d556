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

package io.github.cdcspring.internal.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.DeliveryAdvice;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerErrorHandler;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SurvivesFailover;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@PostgresTest
class RegistrationPruningTests {

	private final Stored stored = new Stored();

	private TestDatabase database;

	private RegistrationPruning pruning;

	@BeforeEach
	void createSlot(TestDatabase database) {
		this.database = database;
		database.execute("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
		EngineSettings base = new TestEngine().on(database).settings();
		EngineSettings settings = EngineSettings.builder("test", base.connection(),
				new EngineSettings.Slot(database.name(), SurvivesFailover.NO, List.of(), null), base.publication(),
				new EngineSettings.Offset(base.offset().store(), Duration.ofMillis(1), base.offset().filePath(),
						base.offset().jdbcTable(), true),
				base.listener())
			.build();
		this.pruning = new RegistrationPruning(settings,
				new DeliveryOptions(this.stored, ListenerErrorHandler.STOP, List.of()));
	}

	@AfterEach
	void dropSlot() {
		this.database.execute("SELECT pg_drop_replication_slot('" + this.database.name() + "')");
	}

	@Test
	void aPartitionWithoutRecordsNeedsNoCommittedOffset() {
		Topics topics = new Topics(5, 5);
		await().until(() -> isPruned(topics));
	}

	@Test
	void marksAgainWhenATopicWasDeleted() {
		Topics topics = new Topics(0, 5);
		await().until(() -> !isPruned(topics) && topics.asked > 2);
		assertThat(this.stored.lsns).isEmpty();
		topics.deleted = true;
		await().until(() -> isPruned(topics));
	}

	private boolean isPruned(Topics topics) {
		this.pruning.advance(topics, Pattern.compile(".*"));
		return !this.stored.lsns.isEmpty();
	}

	/** One partition, of which the group has committed nothing. */
	private static final class Topics extends MockConsumer<byte[], byte[]> {

		private int asked;

		private boolean deleted;

		Topics(long beginning, long end) {
			super("none");
			TopicPartition partition = new TopicPartition(TestRecords.TOPIC, 0);
			updatePartitions(partition.topic(), List.of(new PartitionInfo(partition.topic(), 0, null, null, null)));
			updateBeginningOffsets(Map.of(partition, beginning));
			updateEndOffsets(Map.of(partition, end));
		}

		@Override
		public synchronized Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
			this.asked++;
			return this.deleted ? Map.of() : super.listTopics(timeout);
		}

	}

	private static final class Stored implements DeliveryAdvice {

		final Collection<Lsn> lsns = new CopyOnWriteArrayList<>();

		@Override
		public void around(Delivery delivery, Listeners listeners) {
		}

		@Override
		public void offsetStored(Lsn storedLsn) {
			this.lsns.add(storedLsn);
		}

	}

}
