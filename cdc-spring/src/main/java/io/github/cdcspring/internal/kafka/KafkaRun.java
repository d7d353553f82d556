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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.engine.EngineRunner;
import io.github.cdcspring.internal.engine.Obstacle;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of an engine that receives from Kafka: a member of the consumer group, from its
 * first poll until it leaves.
 * <p>
 * The thread of the run only polls, pauses, commits and follows rebalances, so a listener
 * never keeps it from polling within {@code max.poll.interval.ms}. The offset that is
 * committed for a partition is that of the first record that is not processed.
 */
final class KafkaRun {

	private static final Logger logger = LoggerFactory.getLogger(KafkaRun.class);

	private static final Duration POLL = Duration.ofMillis(100);

	/** While partitions are paused, a poll waits in vain. */
	private static final Duration SHORT_POLL = Duration.ofMillis(5);

	private static final Duration PAUSE = Duration.ofMillis(5);

	private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration SHORT_CALL_TIMEOUT = Duration.ofSeconds(2);

	private final EngineSettings settings;

	private final ListenerSet listeners;

	private final Pattern topics;

	private final Consumer<byte[], byte[]> consumer;

	private final GroupGuard guard;

	private final RecordHandover handover;

	private final @Nullable KeyOrder keyOrder;

	private final @Nullable RegistrationPruning pruning;

	private final PartitionCommits commits;

	private final Rebalances rebalances;

	private final BrokerSilence silence;

	private final EngineRunner.Observer observer;

	private final Progress progress;

	private final CountDownLatch ended = new CountDownLatch(1);

	private volatile @Nullable EngineFailure failure;

	private volatile boolean stopping;

	private volatile boolean finished;

	private volatile long deadline;

	private long committedAt = System.nanoTime();

	private boolean silent;

	private boolean paused;

	/**
	 * Create a run.
	 * @param consumer the consumer, which the run closes
	 * @param limits the limits of the group
	 */
	KafkaRun(EngineSettings settings, ListenerSet listeners, Pattern topics, Consumer<byte[], byte[]> consumer,
			GroupLimits limits, @Nullable RegistrationPruning pruning, Progress progress,
			EngineRunner.Observer observer) {
		this.settings = settings;
		this.listeners = listeners;
		this.topics = topics;
		this.consumer = consumer;
		this.pruning = pruning;
		this.progress = progress;
		this.observer = observer;
		this.guard = new GroupGuard(limits.lease());
		EngineSettings.Kafka kafka = settings.kafka();
		this.keyOrder = (kafka != null && kafka.order() == KafkaOrder.KEY) ? new KeyOrder() : null;
		this.handover = new RecordHandover(settings.name(), settings.listener().dispatch().maxBytesInFlight(),
				listeners.dispatcher(this.guard, this::fail), this.keyOrder,
				new OtherConnectors(settings.name(), (kafka != null) ? kafka.topicPrefix() : ""),
				listeners.endpoints().stream().anyMatch(ListenerEndpoint::wholeTransactions), this::fail);
		this.silence = new BrokerSilence(consumer, settings.health().streamTimeout());
		Duration shutdown = settings.listener().shutdownTimeout();
		this.commits = new PartitionCommits(settings.name(), consumer, this.handover.partitions(), progress, observer);
		this.rebalances = new Rebalances(settings, consumer, this.handover, this.guard, this.commits,
				(shutdown.compareTo(limits.rebalance()) < 0) ? shutdown : limits.rebalance(), new Membership());
	}

	/**
	 * Receive until the run is stopped or fails.
	 * @return the failure, {@code null} if the run was stopped
	 */
	@Nullable EngineFailure run() {
		this.handover.start();
		try {
			this.consumer.subscribe(this.topics, this.rebalances);
			while (!isEnding()) {
				receive();
			}
		}
		catch (KafkaException ex) {
			fail(KafkaFailures.translate(ex, this.settings));
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
		}
		finally {
			end();
		}
		return this.stopping ? null : this.failure;
	}

	private boolean isEnding() {
		return this.stopping || this.failure != null;
	}

	private void receive() {
		pauseOrResume();
		this.handover.add(poll(this.paused ? SHORT_POLL : POLL));
		confirm();
		reportSilence();
		if (System.nanoTime() - this.committedAt >= this.settings.offset().flushInterval().toNanos()) {
			this.committedAt = System.nanoTime();
			this.commits.begin();
			readEnds();
			refreshProgress();
			if (this.pruning != null) {
				this.pruning.advance(this.consumer, this.topics);
			}
		}
	}

	/**
	 * With the newer group protocol, the consumer looks for committed offsets before it
	 * tells which partitions are assigned, and misses those of a new group. The
	 * partitions begin where {@link Rebalances} puts them.
	 */
	private ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
		try {
			return this.consumer.poll(timeout);
		}
		catch (NoOffsetForPartitionException ex) {
			return ConsumerRecords.empty();
		}
	}

	private void reportSilence() {
		boolean silent = this.silence.isTooLong();
		if (silent == this.silent) {
			return;
		}
		this.silent = silent;
		if (!silent) {
			logger.info("Engine '{}': the brokers answer again", this.settings.name());
			this.observer.obstructed(Obstacle.BROKER, null);
			return;
		}
		String problem = "No Kafka broker has answered for more than "
				+ this.settings.health().streamTimeout().toSeconds()
				+ " s, so no event arrives and nothing is committed. The engine continues as soon as one answers. Check "
				+ "the brokers of 'spring.kafka.bootstrap-servers', and the network.";
		logger.warn("Engine '{}': {}", this.settings.name(), problem);
		this.observer.obstructed(Obstacle.BROKER, problem);
	}

	/**
	 * The consumer knows them from what it has fetched, but does not fetch when paused.
	 */
	private void readEnds() {
		if (this.paused) {
			askForEnds();
			return;
		}
		this.handover.partitions()
			.forEach((partition, state) -> this.consumer.currentLag(partition)
				.ifPresent((lag) -> state.end(this.consumer.position(partition, CALL_TIMEOUT) + lag)));
	}

	private void askForEnds() {
		Map<TopicPartition, PartitionProgress> partitions = this.handover.partitions();
		try {
			this.consumer.endOffsets(partitions.keySet(), SHORT_CALL_TIMEOUT)
				.forEach((partition, end) -> partitions.computeIfPresent(partition, (same, progress) -> {
					progress.end(end);
					return progress;
				}));
		}
		catch (KafkaException ex) {
			logger.debug("Engine '{}' could not read the ends of its partitions", this.settings.name(), ex);
		}
	}

	/** Another instance may have processed the event that a listener failed at here. */
	private void refreshProgress() {
		try {
			this.progress.refresh(this.consumer, this.observer);
		}
		catch (KafkaException ex) {
			logger.debug("Engine '{}' could not read what its group has committed", this.settings.name(), ex);
		}
	}

	/** The partitions that a rebalance has added are not paused. */
	private void pauseOrResume() {
		RecordQueue queue = this.handover.queue();
		if (this.paused ? !queue.hasRoom() : queue.isFull()) {
			this.paused = true;
			this.consumer.pause(this.consumer.assignment());
		}
		else if (this.paused) {
			this.paused = false;
			this.consumer.resume(this.consumer.paused());
		}
	}

	private void confirm() {
		if (this.guard.isExpired()) {
			fail(this.guard.expired());
		}
		this.guard.confirm();
	}

	/**
	 * Poll until the events in flight are processed, so that their partitions stay with
	 * this instance; then commit and leave the group.
	 */
	private void end() {
		this.handover.stop();
		try {
			pollWhile(() -> !this.handover.isEnded() && (!this.stopping || System.nanoTime() - this.deadline < 0));
			this.finished = this.handover.isFinished();
			this.progress.failed(this.failure, this.handover.partitions());
			this.commits.complete();
		}
		catch (RuntimeException ex) {
			logger.debug("Engine '{}' leaves the group without a last commit", this.settings.name(), ex);
		}
		finally {
			this.guard.end(new NotReadyException("Engine '" + this.settings.name() + "' is being stopped"));
			this.handover.abandon();
			close();
			this.ended.countDown();
		}
	}

	/** A poll that fails must not end the run, because the calls are still running. */
	private void pollWhile(BooleanSupplier condition) {
		while (condition.getAsBoolean()) {
			try {
				this.consumer.pause(this.consumer.assignment());
				poll(Duration.ofMillis(20));
				this.guard.confirm();
			}
			catch (InterruptException ex) {
				throw ex;
			}
			catch (KafkaException ex) {
				LockSupport.parkNanos(PAUSE.toNanos());
			}
		}
	}

	private void close() {
		this.rebalances.leave();
		try {
			this.consumer.close(CloseOptions.timeout(CALL_TIMEOUT));
		}
		catch (RuntimeException ex) {
			logger.debug("Engine '{}' could not close its consumer in order", this.settings.name(), ex);
		}
	}

	/**
	 * End the run because of a failure. May be called by any thread.
	 */
	void fail(Throwable cause) {
		EngineFailure failure = EngineFailure.of(null, cause);
		synchronized (this) {
			if (this.failure != null) {
				return;
			}
			this.failure = failure;
		}
		this.guard.end(cause);
		this.handover.fail();
		if (!this.stopping) {
			this.observer.failing(failure);
		}
	}

	/** Let the run end in order. Returns at once. */
	void requestStop(Duration timeout) {
		this.deadline = System.nanoTime() + timeout.toNanos();
		this.stopping = true;
	}

	/**
	 * Stop in order. Not to be called by the thread of the run.
	 * @return whether every event in flight was processed in time
	 */
	boolean stop(Duration timeout) {
		requestStop(timeout);
		try {
			this.ended.await(timeout.toNanos() + CALL_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return this.finished;
	}

	/** Whether a thread of this run calls a listener, although the run has ended. */
	boolean isDelivering() {
		return this.handover.isDelivering();
	}

	/** The progress of the partitions that this instance has. */
	Map<TopicPartition, PartitionProgress> partitions() {
		return Map.copyOf(this.handover.partitions());
	}

	/** What a rebalance means for the run. */
	private final class Membership implements Rebalances.Membership {

		@Override
		public void starting() {
			KafkaRun.this.listeners.options().start(Lsn.ZERO, 0);
		}

		@Override
		public void joined() {
			if (!isEnding()) {
				KafkaRun.this.observer.streaming();
			}
		}

		/** A partition that was added changes the order of the events. */
		@Override
		public void receiving(String topic, List<PartitionInfo> partitions) {
			EngineSettings.Kafka kafka = KafkaRun.this.settings.kafka();
			KeyOrder keyOrder = KafkaRun.this.keyOrder;
			if (keyOrder != null) {
				partitions.forEach((each) -> keyOrder.seen(new TopicPartition(each.topic(), each.partition())));
			}
			else if (kafka != null) {
				StreamTopic.check(KafkaRun.this.settings, kafka, topic, partitions.size());
			}
		}

		@Override
		public void failed(RuntimeException cause) {
			fail(cause);
		}

	}

}
