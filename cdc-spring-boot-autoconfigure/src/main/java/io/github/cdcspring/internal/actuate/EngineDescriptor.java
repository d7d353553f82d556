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

package io.github.cdcspring.internal.actuate;

import java.time.Instant;
import java.util.List;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.startup.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Description of one engine, as {@code GET /actuator/cdc/&#123;engine&#125;} returns it.
 * LSNs are text, sizes are bytes, and times are ISO instants. It never contains a row's
 * data. A value that is unknown or does not apply is {@code null}.
 *
 * @param state the current state
 * @param since when the engine entered the state
 * @param failure the last failure and what to do about it, until the engine runs again
 * @param failedDelivery the delivery to a listener that the failure is about
 * @param restarts restarts after a failure since the application started
 * @param refusals refused starts since the application started
 * @param lsnFlushMode {@code cdc.lsn-flush-mode}
 * @param offsetMismatchStrategy {@code cdc.offset-mismatch-strategy}
 * @param offsetStore {@code cdc.offset.store}
 * @param snapshotMode {@code cdc.snapshot.mode}
 * @param survivesFailover {@code cdc.slot.survives-failover}
 * @param slot the replication slot; only its name where it does not exist or could not be
 * read yet
 * @param offset the stored offset
 * @param server the server
 * @param difference the difference between slot and offset
 * @param lastStart the verdict and decision of the last start
 * @param listeners the listeners
 * @param longestCall the listener call that has been running longest
 * @param eventCounts outcomes of the events since the application started
 * @param backfills the tables whose existing rows are not delivered to the end, in the
 * order in which they are read
 * @param acceptedRisks the risks that the operator has accepted
 * @param readAt when slot, offset and server were read
 * @param stale whether slot, offset and server cannot be read now, so that the values are
 * those of {@code readAt}
 * @param staleReason why they cannot be read
 */
public record EngineDescriptor(EngineState state, Instant since, @Nullable String failure,
		@Nullable FailedDeliveryDescriptor failedDelivery, long restarts, long refusals, String lsnFlushMode,
		String offsetMismatchStrategy, String offsetStore, String snapshotMode, String survivesFailover,
		SlotDescriptor slot, @Nullable OffsetDescriptor offset, @Nullable ServerDescriptor server,
		@Nullable DifferenceDescriptor difference, @Nullable LastStartDescriptor lastStart,
		List<ListenerDescriptor> listeners, @Nullable ListenerCallDescriptor longestCall,
		List<EventCountsDescriptor> eventCounts, List<BackfillDescriptor> backfills,
		List<AcceptedRiskDescriptor> acceptedRisks, @Nullable Instant readAt, boolean stale,
		@Nullable String staleReason) implements DescribedEngine {

	/**
	 * Description of the replication slot.
	 *
	 * @param name the name
	 * @param exists whether the slot exists, {@code null} if that is not known yet
	 * @param plugin the output plugin
	 * @param active whether a consumer receives from the slot
	 * @param activePid the server process that sends to it
	 * @param activeApplication the application name of the consumer that receives
	 * @param activeAddress the address of that consumer
	 * @param restartLsn the oldest WAL that the server retains for the slot
	 * @param confirmedFlushLsn the slot LSN: the server never sends again what lies
	 * before
	 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or
	 * {@code lost}
	 * @param safeWalSizeBytes WAL that may be written before the slot is in danger, where
	 * the server limits it
	 * @param safeForSeconds time until then at the recent rate of WAL, less what the slot
	 * advanced
	 * @param retainedWalBytes WAL that the server retains for the slot
	 * @param failover whether the slot is synchronized to standbys
	 * @param synced whether the slot was synchronized from a primary
	 * @param invalidationReason why the server invalidated the slot
	 */
	public record SlotDescriptor(String name, @Nullable Boolean exists, @Nullable String plugin,
			@Nullable Boolean active, @Nullable Integer activePid, @Nullable String activeApplication,
			@Nullable String activeAddress, @Nullable String restartLsn, @Nullable String confirmedFlushLsn,
			@Nullable String walStatus, @Nullable Long safeWalSizeBytes, @Nullable Long safeForSeconds,
			@Nullable Long retainedWalBytes, @Nullable Boolean failover, @Nullable Boolean synced,
			@Nullable String invalidationReason) {

	}

	/**
	 * Description of the stored offset.
	 *
	 * @param lsn the end of the last transaction that was processed completely
	 * @param storedAt when the offset was stored
	 * @param clean whether the engine stopped in order after that
	 */
	public record OffsetDescriptor(String lsn, Instant storedAt, boolean clean) {

	}

	/**
	 * Description of the server.
	 *
	 * @param version the version
	 * @param currentLsn the end of the WAL
	 * @param timeline the timeline
	 * @param systemIdentifier the identifier of the cluster
	 * @param inRecovery whether the server is a standby
	 */
	public record ServerDescriptor(String version, String currentLsn, int timeline, String systemIdentifier,
			boolean inRecovery) {

	}

	/**
	 * Description of the difference between slot and offset.
	 *
	 * @param verdict the kind of difference
	 * @param explained whether this consumer itself provably caused the difference
	 * @param slotAheadBytes bytes by which the slot is ahead of the offset
	 * @param offsetAheadBytes bytes by which the offset is ahead of the slot
	 * @param lagBytes bytes by which the server is ahead of what was processed
	 * @param lagSeconds for how long the server has had WAL that is not processed, as far
	 * as this application has read the server
	 * @param onRestart what a restart of the application would do now, in a sentence
	 * @param refusals why a restart would be refused, empty if it would not
	 */
	public record DifferenceDescriptor(Verdict verdict, boolean explained, long slotAheadBytes, long offsetAheadBytes,
			long lagBytes, @Nullable Long lagSeconds, String onRestart, List<RefusalDescriptor> refusals) {

	}

	/**
	 * Description of a rule that a start breaks.
	 *
	 * @param rule the id of the rule
	 * @param problem what is wrong, and why it matters
	 * @param steps what to do
	 * @param statements the SQL that a superuser can run, empty if SQL alone does not
	 * help
	 */
	public record RefusalDescriptor(String rule, String problem, List<ActionStep> steps, List<String> statements) {

	}

	/**
	 * Description of a delivery that failed in all attempts.
	 *
	 * @param listener the id of the listener
	 * @param table the table of its event, or of the first one; {@code null} for a
	 * message
	 * @param lsn the LSN of that event
	 * @param attempts calls of the listener
	 * @param exception the class of the exception
	 */
	public record FailedDeliveryDescriptor(String listener, @Nullable String table, String lsn, int attempts,
			String exception) {

	}

	/**
	 * Description of a listener.
	 *
	 * @param id the id
	 * @param tables the tables, or the patterns of tables, whose changes it receives
	 * @param messages the prefixes of the logical messages that it receives
	 * @param operations the operations that it receives
	 */
	public record ListenerDescriptor(String id, List<String> tables, List<String> messages, List<String> operations) {

	}

	/**
	 * Description of the last start or reconnect.
	 *
	 * @param verdict the difference between slot and offset at that time
	 * @param decision what the engine did about it
	 * @param skippedGap WAL that was skipped though it may contain events
	 */
	public record LastStartDescriptor(Verdict verdict, String decision, @Nullable SkippedGapDescriptor skippedGap) {

	}

	/**
	 * Description of WAL that was skipped. Transactions that committed in it are never
	 * delivered.
	 *
	 * @param offsetLsn the beginning
	 * @param slotLsn the end
	 * @param bytes the size
	 */
	public record SkippedGapDescriptor(String offsetLsn, String slotLsn, long bytes) {

	}

	/**
	 * Description of a running listener call.
	 *
	 * @param listener the id of the listener
	 * @param table the table of its event, or of the first one; {@code null} for a
	 * message
	 * @param lsn the LSN of that event
	 * @param lastingSeconds how long the call has been running, within a second
	 * @param limitSeconds {@code cdc.listener.timeout}
	 * @param overdue whether the call has been running for longer than that
	 */
	public record ListenerCallDescriptor(String listener, @Nullable String table, String lsn, double lastingSeconds,
			double limitSeconds, boolean overdue) {

	}

	/**
	 * Outcomes of the events of one table and operation, or of the logical messages of
	 * one prefix.
	 *
	 * @param table the table, {@code null} for messages
	 * @param message the prefix, {@code null} for a table
	 * @param operation the operation
	 * @param handled events for which every listener returned
	 * @param failed events for which a listener failed after its last attempt; they are
	 * not acknowledged and are delivered again
	 * @param skipped events that were skipped for a listener after its last attempt
	 * @param parked events that were parked for a listener after its last attempt
	 */
	public record EventCountsDescriptor(@Nullable String table, @Nullable String message, String operation,
			long handled, long failed, long skipped, long parked) {

	}

	/**
	 * Description of a table whose existing rows are not delivered to the end.
	 *
	 * @param table the table
	 * @param listener the only listener that receives the rows
	 * @param state {@code waiting}, {@code reading}, {@code paused} or {@code retrying}
	 * @param rows rows that were delivered
	 * @param estimatedRows about how many rows the table has
	 * @param rowsPerSecond the rate at which rows are delivered
	 * @param secondsLeft about how long the rest lasts at this rate
	 * @param requestedAt when this was requested
	 * @param problem why the last attempt to read the table failed
	 * @param where the conditions that a row has to meet, without their values
	 */
	public record BackfillDescriptor(String table, @Nullable String listener, String state, long rows,
			@Nullable Long estimatedRows, @Nullable Long rowsPerSecond, @Nullable Long secondsLeft, Instant requestedAt,
			@Nullable String problem, List<String> where) {

	}

	/**
	 * Description of a risk that the operator accepted with {@code cdc.safety.accept}.
	 *
	 * @param rule the id of the rule
	 * @param problem what is wrong
	 * @param risk what may happen because of it
	 */
	public record AcceptedRiskDescriptor(String rule, String problem, String risk) {

	}

}
