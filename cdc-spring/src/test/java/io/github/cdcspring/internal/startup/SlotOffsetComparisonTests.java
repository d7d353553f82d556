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

package io.github.cdcspring.internal.startup;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The verdict, from values alone. The offset is 0/500 by default, the server LSN is
 * 0/1000.
 */
class SlotOffsetComparisonTests {

	private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

	private static final Instant RESTARTED = Instant.parse("2026-02-01T00:00:00Z");

	private static final TimelineHistory NEVER_ASKED = (timeline) -> {
		throw new SQLException("the history should not be needed for timeline " + timeline);
	};

	private ServerState server = server("7", 1, "0/1000", STARTED, false);

	private @Nullable SlotState slot = slot("s", "0/500", 10L, null);

	private @Nullable StoredOffset offset = offset("0/500", seen("0/400", null, 10L));

	private TimelineHistory history = NEVER_ASKED;

	@Test
	void inSyncIfLsnsAreEqual() {
		assertVerdict(Verdict.IN_SYNC, true);
		assertThat(comparison()).isEqualTo(new SlotOffsetComparison(Verdict.IN_SYNC, true, 0, 0, 0xB00));
	}

	@Test
	void inSyncWhateverIsRemembered() {
		this.offset = offset("0/500", null);
		assertVerdict(Verdict.IN_SYNC, true);
		this.offset = offset("0/500", new LastSeenSlot("7", 1, "other", lsn("0/900"), null, 99L, STARTED));
		assertVerdict(Verdict.IN_SYNC, true);
	}

	@Test
	void measuresSlotAhead() {
		this.slot = slot("s", "0/510", 10L, null);
		assertThat(comparison()).isEqualTo(new SlotOffsetComparison(Verdict.SLOT_AHEAD, false, 0x10, 0, 0xB00));
	}

	@Test
	void measuresOffsetAhead() {
		this.slot = slot("s", "0/4F0", 10L, null);
		assertThat(comparison()).isEqualTo(new SlotOffsetComparison(Verdict.OFFSET_AHEAD, true, 0, 0x10, 0xB00));
	}

	@Test
	void comparesUnsigned() {
		this.server = server("7", 1, "FFFFFFFF/0", STARTED, false);
		this.slot = slot("s", "80000000/0", 10L, null);
		this.offset = offset("7FFFFFFF/FFFFFFFF", seen("80000000/0", null, 10L));
		assertThat(comparison())
			.isEqualTo(new SlotOffsetComparison(Verdict.SLOT_AHEAD, true, 1, 0, 0x7FFF_FFFF_0000_0001L));
	}

	@Test
	void explainsSlotAheadUpToTheLastSeenSlot() {
		this.slot = slot("s", "0/600", 10L, null);
		this.offset = offset("0/500", seen("0/5FF", null, 10L));
		assertVerdict(Verdict.SLOT_AHEAD, false);
		this.offset = offset("0/500", seen("0/600", null, 10L));
		assertVerdict(Verdict.SLOT_AHEAD, true);
		this.offset = offset("0/500", seen("0/601", null, 10L));
		assertVerdict(Verdict.SLOT_AHEAD, true);
	}

	@Test
	void doesNotExplainSlotAheadByAnotherSlot() {
		this.slot = slot("s", "0/600", 10L, null);
		this.offset = offset("0/500", new LastSeenSlot("7", 1, "other", lsn("0/600"), null, 10L, STARTED));
		assertVerdict(Verdict.SLOT_AHEAD, false);
		this.offset = offset("0/500", null);
		assertVerdict(Verdict.SLOT_AHEAD, false);
	}

	@Test
	void explainsOffsetAheadFromTheLastSeenSlot() {
		this.slot = slot("s", "0/400", 10L, null);
		assertVerdict(Verdict.OFFSET_AHEAD, true);
		this.offset = offset("0/500", seen("0/401", null, 10L));
		assertVerdict(Verdict.OFFSET_AHEAD, false);
	}

	@Test
	void explainsOffsetAheadByInterruptedServer() {
		this.slot = slot("s", "0/300", 0L, null);
		this.server = server("7", 1, "0/1000", RESTARTED, false);
		assertVerdict(Verdict.OFFSET_AHEAD, true);
	}

	@Test
	void doesNotExplainOffsetAheadByAnotherSlot() {
		this.slot = slot("s", "0/400", 10L, null);
		this.offset = offset("0/500", new LastSeenSlot("7", 1, "other", lsn("0/400"), null, 10L, STARTED));
		assertVerdict(Verdict.OFFSET_AHEAD, false);
		this.offset = offset("0/500", null);
		assertVerdict(Verdict.OFFSET_AHEAD, false);
	}

	@Test
	void recognizesRecreatedSlotByItsCounter() {
		this.slot = slot("s", "0/600", 9L, null);
		assertVerdict(Verdict.SLOT_RECREATED, false);
		this.slot = slot("s", "0/600", 10L, null);
		assertVerdict(Verdict.SLOT_AHEAD, false);
		this.slot = slot("s", "0/600", 11L, null);
		assertVerdict(Verdict.SLOT_AHEAD, false);
	}

	@Test
	void ignoresCounterThatWasReset() {
		this.slot = slot("s", "0/600", 0L, RESTARTED);
		assertVerdict(Verdict.SLOT_AHEAD, false);
	}

	@Test
	void ignoresCounterThatAnInterruptedServerLost() {
		this.slot = slot("s", "0/600", 0L, null);
		this.server = server("7", 1, "0/1000", RESTARTED, false);
		assertVerdict(Verdict.SLOT_AHEAD, false);
		this.offset = offset("0/500", new LastSeenSlot("7", 1, "s", lsn("0/400"), null, 10L, null));
		assertVerdict(Verdict.SLOT_AHEAD, false);
	}

	@Test
	void ignoresMissingCounters() {
		this.slot = slot("s", "0/600", null, null);
		assertVerdict(Verdict.SLOT_AHEAD, false);
		this.slot = slot("s", "0/600", 0L, null);
		this.offset = offset("0/500", seen("0/400", null, null));
		assertVerdict(Verdict.SLOT_AHEAD, false);
	}

	@Test
	void recognizesRecreatedSlotBehindItsCreation() {
		this.slot = slot("s", "0/1FF", 10L, null);
		this.offset = offset("0/500", seen("0/400", "0/200", 10L));
		this.server = server("7", 1, "0/1000", RESTARTED, false);
		assertVerdict(Verdict.SLOT_RECREATED, false);
		this.slot = slot("s", "0/200", 10L, null);
		assertVerdict(Verdict.OFFSET_AHEAD, true);
	}

	@Test
	void recognizesMissingOffset() {
		this.offset = null;
		assertThat(comparison()).isEqualTo(new SlotOffsetComparison(Verdict.OFFSET_MISSING, false, 0, 0, 0xB00));
		this.slot = null;
		assertThat(comparison()).isEqualTo(new SlotOffsetComparison(Verdict.OFFSET_MISSING, false, 0, 0, 0));
		this.slot = lost();
		assertVerdict(Verdict.SLOT_LOST, false);
	}

	@Test
	void recognizesMissingSlot() {
		this.slot = null;
		assertThat(comparison()).isEqualTo(new SlotOffsetComparison(Verdict.SLOT_MISSING, false, 0, 0, 0xB00));
	}

	@Test
	void recognizesLostSlot() {
		this.slot = lost();
		assertVerdict(Verdict.SLOT_LOST, false);
	}

	@Test
	void recognizesAnotherCluster() {
		this.server = server("8", 1, "0/1000", STARTED, false);
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
		this.slot = null;
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
		this.slot = lost();
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
	}

	@Test
	void recognizesLowerTimeline() {
		this.offset = offset("0/500", new LastSeenSlot("7", 2, "s", lsn("0/500"), null, 10L, STARTED));
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
	}

	@Test
	void recognizesOffsetAheadOfTheServer() {
		this.offset = offset("0/1001", seen("0/500", null, 10L));
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
		this.offset = offset("0/1001", null);
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
		this.offset = offset("0/1000", seen("0/500", null, 10L));
		assertVerdict(Verdict.OFFSET_AHEAD, true);
	}

	@Test
	void allowsForStandbyThatHasNotReplayedYet() {
		this.server = server("7", 1, "0/1000", STARTED, true);
		this.offset = offset("0/1001", seen("0/500", null, 10L));
		assertVerdict(Verdict.OFFSET_AHEAD, true);
	}

	@Test
	void sharesHistoryWithHigherTimelineUpToItsSwitchPoint() {
		this.server = server("7", 4, "0/1000", RESTARTED, false);
		this.history = (timeline) -> {
			assertThat(timeline).isEqualTo(4);
			return Map.of(1, lsn("0/500"), 2, lsn("0/600"), 3, lsn("0/700"));
		};
		assertVerdict(Verdict.IN_SYNC, true);
		this.history = (timeline) -> Map.of(1, lsn("0/4FF"), 2, lsn("0/600"), 3, lsn("0/700"));
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
		this.history = (timeline) -> Map.of(2, lsn("0/600"));
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
	}

	@Test
	void sharesNoHistoryWithAnotherTimelineOfTheSameNumber() {
		this.offset = new StoredOffset(lsn("0/500"), "{\"cdc_timeline\":\"2@0/400\"}", new OffsetOrigin("7", 2, null),
				seen("0/500", null, 10L), List.of(), false, STARTED);
		this.server = server("7", 2, "0/1000", RESTARTED, false);
		this.history = (timeline) -> Map.of(1, lsn("0/400"));
		assertVerdict(Verdict.IN_SYNC, true);
		this.history = (timeline) -> Map.of(1, lsn("0/401"));
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
		this.server = server("7", 3, "0/1000", RESTARTED, false);
		this.history = (timeline) -> Map.of(1, lsn("0/400"), 2, lsn("0/800"));
		assertVerdict(Verdict.IN_SYNC, true);
		this.history = (timeline) -> Map.of(1, lsn("0/401"), 2, lsn("0/800"));
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
	}

	@Test
	void explainsOffsetAheadAfterFailover() {
		this.server = server("7", 2, "0/1000", RESTARTED, false);
		this.history = (timeline) -> Map.of(1, lsn("0/700"));
		this.slot = slot("s", "0/300", 0L, null);
		assertVerdict(Verdict.OFFSET_AHEAD, true);
	}

	@Test
	void explainsSlotAheadAfterFailoverUpToTheSwitchPoint() {
		this.server = server("7", 2, "0/1000", RESTARTED, false);
		this.offset = offset("0/500", seen("0/900", null, 10L));
		this.slot = slot("s", "0/800", 0L, null);
		this.history = (timeline) -> Map.of(1, lsn("0/800"));
		assertVerdict(Verdict.SLOT_AHEAD, true);
		this.history = (timeline) -> Map.of(1, lsn("0/7FF"));
		assertVerdict(Verdict.SLOT_RECREATED, false);
	}

	@Test
	void recognizesASlotCreatedAfterAFailover() {
		this.server = server("7", 2, "0/1000", RESTARTED, false);
		this.history = (timeline) -> Map.of(1, lsn("0/700"));
		this.slot = slot("s", "0/700", 0L, null);
		assertVerdict(Verdict.SLOT_AHEAD, false);
		this.slot = slot("s", "0/701", 0L, null);
		assertVerdict(Verdict.SLOT_RECREATED, false);
	}

	@Test
	void recognizesASlotCreatedAfterTheFirstOfTwoFailovers() {
		this.server = server("7", 3, "0/1000", RESTARTED, false);
		this.history = (timeline) -> Map.of(1, lsn("0/700"), 2, lsn("0/800"));
		this.slot = slot("s", "0/780", 0L, null);
		assertVerdict(Verdict.SLOT_RECREATED, false);
	}

	@Test
	void recognizesItsOwnSlotThatItReceivedFromAfterAFailover() {
		this.server = server("7", 2, "0/1000", RESTARTED, false);
		this.history = (timeline) -> Map.of(1, lsn("0/400"));
		this.slot = slot("s", "0/600", 0L, null);
		this.offset = new StoredOffset(lsn("0/500"), "{}", new OffsetOrigin("7", 2, null), seen("0/300", null, 10L),
				List.of(), false, STARTED);
		assertVerdict(Verdict.SLOT_AHEAD, false);
		this.slot = slot("s", "0/450", 0L, null);
		assertVerdict(Verdict.OFFSET_AHEAD, true);
	}

	@Test
	void recognizesASlotThatWasNotSynchronized() {
		this.server = server("7", 2, "0/1000", RESTARTED, false);
		this.history = (timeline) -> Map.of(1, lsn("0/700"));
		this.slot = failoverSlot("0/600", false);
		assertVerdict(Verdict.SLOT_RECREATED, false);
		this.slot = failoverSlot("0/600", true);
		assertVerdict(Verdict.SLOT_AHEAD, false);
		this.slot = failoverSlot("0/400", false);
		assertVerdict(Verdict.OFFSET_AHEAD, true);
		this.offset = offset("0/500", seen("0/600", null, 10L));
		this.slot = failoverSlot("0/600", false);
		assertVerdict(Verdict.SLOT_AHEAD, true);
	}

	@Test
	void recognizesAServerThatAFailoverLeftBehind() {
		this.offset = new StoredOffset(lsn("0/500"), "{}", new OffsetOrigin("7", 1, null),
				new LastSeenSlot("7", 2, "s", lsn("0/500"), null, 10L, STARTED), List.of(), false, STARTED);
		assertVerdict(Verdict.HISTORY_MISMATCH, false);
	}

	@Test
	void failsIfTheHistoryCannotBeRead() {
		this.server = server("7", 2, "0/1000", STARTED, false);
		assertThatExceptionOfType(SQLException.class).isThrownBy(this::comparison);
	}

	@Test
	void recordsTheLastSeenSlot() {
		this.offset = offset("0/500", seen("0/400", "0/100", 3L));
		this.slot = slot("s", "0/500", 10L, null);
		assertThat(state().lastSeenSlot(false))
			.isEqualTo(new LastSeenSlot("7", 1, "s", lsn("0/500"), lsn("0/100"), 10L, STARTED));
		assertThat(state().lastSeenSlot(true))
			.isEqualTo(new LastSeenSlot("7", 1, "s", lsn("0/500"), this.slot.restartLsn(), 10L, STARTED));
		this.slot = slot("other", "0/500", 10L, null);
		assertThat(state().lastSeenSlot(false))
			.isEqualTo(new LastSeenSlot("7", 1, "other", lsn("0/500"), null, 10L, STARTED));
		this.slot = lost();
		assertThat(state().lastSeenSlot(false)).isNull();
		this.slot = null;
		assertThat(state().lastSeenSlot(false)).isNull();
	}

	private ReplicationState state() {
		return new ReplicationState(this.server, this.slot, this.offset);
	}

	private SlotOffsetComparison comparison() {
		try {
			return SlotOffsetComparison.of(state(), this.history);
		}
		catch (SQLException ex) {
			throw sneaky(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static <E extends Exception> E sneaky(Exception ex) throws E {
		throw (E) ex;
	}

	private void assertVerdict(Verdict verdict, boolean explained) {
		SlotOffsetComparison comparison = comparison();
		assertThat(comparison.verdict()).isEqualTo(verdict);
		assertThat(comparison.explained()).isEqualTo(explained);
	}

	private static Lsn lsn(String text) {
		return Lsn.parse(text);
	}

	private static ServerState server(String system, int timeline, String lsn, Instant startedAt, boolean standby) {
		return new ServerState(180006, "18.6", lsn(lsn), standby, timeline, system, "logical", 10, 10, null, startedAt);
	}

	private static SlotState slot(String name, String lsn, @Nullable Long decoded, @Nullable Instant resetAt) {
		return new TestSlot().named(name).at(lsn).decoded(decoded, resetAt).state();
	}

	private static SlotState failoverSlot(String lsn, boolean synced) {
		TestSlot slot = new TestSlot().named("s").at(lsn).decoded(0L, null).failover();
		return (synced ? slot.synced() : slot).state();
	}

	private static SlotState lost() {
		return new TestSlot().named("s").lost("wal_removed").state();
	}

	private static StoredOffset offset(String lsn, @Nullable LastSeenSlot seen) {
		return new StoredOffset(lsn(lsn), "{}",
				(seen != null) ? new OffsetOrigin(seen.systemIdentifier(), seen.timeline(), null) : null, seen,
				List.of(), false, STARTED);
	}

	private static LastSeenSlot seen(String lsn, @Nullable String createdAt, @Nullable Long decoded) {
		return new LastSeenSlot("7", 1, "s", lsn(lsn), (createdAt != null) ? lsn(createdAt) : null, decoded, STARTED);
	}

}
