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

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.startup.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * One engine, as {@code GET /actuator/cdc/&#123;engine&#125;} shows it: LSNs as text,
 * sizes in bytes, times as ISO instants, never a row's data. What is not known or does
 * not apply is {@code null}.
 *
 * @param state what it is doing
 * @param since since when
 * @param failure what went wrong last and what cures it, while it waits, was refused, or
 * failed
 * @param restarts how often it was built anew since the application started
 * @param refusals how often it was refused a start since the application started
 * @param lsnFlushMode {@code cdc.lsn-flush-mode}
 * @param offsetMismatchStrategy {@code cdc.offset-mismatch-strategy}
 * @param offsetStore {@code cdc.offset.store}
 * @param snapshotMode {@code cdc.snapshot.mode}
 * @param survivesFailover {@code cdc.slot.survives-failover}
 * @param slot the replication slot; its name alone where it does not exist or could not
 * be read yet
 * @param offset the stored offset
 * @param server the server
 * @param difference how slot and offset differ
 * @param lastStart what was found and decided at the last start
 * @param longestCall the listener call that has lasted longest, while one is going on
 * @param eventCounts what became of the events since the application started
 * @param acceptedRisks the risks that the operator accepted
 * @param readAt when slot, offset and server were read
 * @param stale whether they could not be read now, and are what was known then
 * @param staleReason why they could not
 */
public record EngineDescription(EngineState state, Instant since, @Nullable String failure, long restarts,
		long refusals, String lsnFlushMode, String offsetMismatchStrategy, String offsetStore, String snapshotMode,
		String survivesFailover, Slot slot, @Nullable Offset offset, @Nullable Server server,
		@Nullable Difference difference, @Nullable LastStart lastStart, @Nullable ListenerCall longestCall,
		List<EventCounts> eventCounts, List<AcceptedRisk> acceptedRisks, @Nullable Instant readAt, boolean stale,
		@Nullable String staleReason) {

	/**
	 * The replication slot.
	 *
	 * @param name its name
	 * @param exists whether it exists, {@code null} if not known yet
	 * @param plugin its output plugin
	 * @param active whether somebody receives from it
	 * @param activePid the server process that does
	 * @param restartLsn the oldest WAL that the server keeps for it
	 * @param confirmedFlushLsn the slot LSN: what lies before is never sent again
	 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or
	 * {@code lost}
	 * @param safeWalSizeBytes how much WAL may be written before it is in danger, where
	 * the server limits it
	 * @param safeForSeconds how long that lasts at the rate at which WAL was written
	 * lately and the slot has moved
	 * @param retainedWalBytes how much WAL the server keeps for it
	 * @param failover whether it is synchronized to standbys
	 * @param synced whether it came from a primary
	 * @param invalidationReason why it was invalidated
	 */
	public record Slot(String name, @Nullable Boolean exists, @Nullable String plugin, @Nullable Boolean active,
			@Nullable Integer activePid, @Nullable String restartLsn, @Nullable String confirmedFlushLsn,
			@Nullable String walStatus, @Nullable Long safeWalSizeBytes, @Nullable Long safeForSeconds,
			@Nullable Long retainedWalBytes, @Nullable Boolean failover, @Nullable Boolean synced,
			@Nullable String invalidationReason) {

	}

	/**
	 * The stored offset.
	 *
	 * @param lsn the end of the last transaction that was handled whole
	 * @param storedAt when it was stored
	 * @param clean whether the engine stopped in order after that
	 */
	public record Offset(String lsn, Instant storedAt, boolean clean) {

	}

	/**
	 * The server.
	 *
	 * @param version its version
	 * @param currentLsn the end of its log
	 * @param timeline its timeline
	 * @param systemIdentifier its cluster
	 * @param inRecovery whether it is a standby
	 */
	public record Server(String version, String currentLsn, int timeline, String systemIdentifier, boolean inRecovery) {

	}

	/**
	 * How slot and offset differ.
	 *
	 * @param verdict in a word
	 * @param explained whether it provably comes from this consumer's own doing
	 * @param slotAheadBytes how far the slot is ahead: the gap
	 * @param offsetAheadBytes how far the offset is ahead: the tail
	 * @param lagBytes how far the server is ahead of what was handled
	 * @param onRestart what a restart of the application would do now, in a sentence
	 */
	public record Difference(Verdict verdict, boolean explained, long slotAheadBytes, long offsetAheadBytes,
			long lagBytes, String onRestart) {

	}

	/**
	 * What was found and decided at the last start or reconnect.
	 *
	 * @param verdict how slot and offset differed
	 * @param decision what was done about it
	 * @param skippedGap what was passed over though it may hold events
	 */
	public record LastStart(Verdict verdict, String decision, @Nullable SkippedGap skippedGap) {

	}

	/**
	 * WAL that was passed over: transactions that committed in between are not delivered.
	 *
	 * @param offsetLsn where it begins
	 * @param slotLsn where it ends
	 * @param bytes how much it is
	 */
	public record SkippedGap(String offsetLsn, String slotLsn, long bytes) {

	}

	/**
	 * A listener at work.
	 *
	 * @param listener its id
	 * @param table the table of its event, or of the first one, {@code null} of a message
	 * @param lsn where that event stands in the log
	 * @param lastingSeconds for how long by now, within a second
	 * @param overdue whether that is longer than {@code cdc.listener.timeout}
	 */
	public record ListenerCall(String listener, @Nullable String table, String lsn, double lastingSeconds,
			boolean overdue) {

	}

	/**
	 * Events of one table and operation, or logical messages of one prefix.
	 *
	 * @param table the table, {@code null} for messages
	 * @param message the prefix, {@code null} for a table
	 * @param operation the operation
	 * @param handled of how many every listener has returned
	 * @param failed how many a listener failed for after its last attempt: they are not
	 * acknowledged and come again
	 * @param skipped how many a listener does without after its last attempt
	 * @param parked how many were put aside for a listener after its last attempt
	 */
	public record EventCounts(@Nullable String table, @Nullable String message, String operation, long handled,
			long failed, long skipped, long parked) {

	}

	/**
	 * A risk that the operator accepted with {@code cdc.safety.accept}.
	 *
	 * @param rule the id of the rule
	 * @param problem what is not as it should be
	 * @param risk what may happen for it
	 */
	public record AcceptedRisk(String rule, String problem, String risk) {

	}

}
