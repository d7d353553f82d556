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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.startup.DecodingState;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the slot can be read, and survives a failover as declared.
 */
final class SlotChecks {

	static final SafetyRule<CheckContext> KIND = SafetyRule.strict("slot-kind", SlotChecks::kind);

	static final SafetyRule<CheckContext> SYNCED = SafetyRule.strict("slot-synced", SlotChecks::synced);

	static final SafetyRule<CheckContext> LOST = SafetyRule.strict("slot-lost", SlotChecks::lost);

	static final SafetyRule<CheckContext> DECODING_STATE = SafetyRule.acceptable(DecodingState.RULE,
			"The server may skip transactions from just before its promotion.", SlotChecks::decodingState);

	static final SafetyRule<CheckContext> DECODING_STATE_RIGHT = SafetyRule.acceptable("decoding-state-right",
			"After a failover, the engine cannot tell whether the server skips transactions.",
			SlotChecks::decodingStateRight);

	static final SafetyRule<CheckContext> SURVIVES_FAILOVER = SafetyRule.acceptable("survives-failover",
			"After a failover the slot is gone, and changes until it is recreated are not sent.",
			(context, findings) -> DeclaredSlot.of(context).check(findings));

	static final SafetyRule<CheckContext> SYNCHRONIZED_STANDBY = SafetyRule.acceptable("synchronized-standby-slots",
			"After a failover, the engine may have processed changes that the new primary does not have.",
			(context, findings) -> DeclaredSlot.of(context).checkStandbys(findings));

	private SlotChecks() {
	}

	private static void kind(CheckContext context, Findings findings) {
		SlotState slot = context.source().slot();
		String obstacle = (slot != null) ? obstacle(slot, context.source().session().database()) : null;
		if (obstacle != null) {
			findings.add("This engine cannot read replication slot '" + context.slotName() + "': " + obstacle + ".",
					new Steps().text("Set " + context.settings().name("slot.name") + " to an unused name.")
						.or()
						.sql("Or, if that slot is no longer needed, run: ", context.slot().dropStatement()),
					"slot.name");
		}
	}

	private static @Nullable String obstacle(SlotState slot, String database) {
		if (slot.plugin() == null) {
			return "it is a physical slot";
		}
		if (slot.temporary()) {
			return "it is a temporary slot of another session";
		}
		if (!"pgoutput".equals(slot.plugin())) {
			return "its plugin is '" + slot.plugin() + "', not 'pgoutput'";
		}
		return database.equals(slot.database()) ? null
				: "it belongs to database '" + slot.database() + "', not '" + database + "'";
	}

	private static void synced(CheckContext context, Findings findings) {
		SlotState slot = context.source().slot();
		if (slot != null && Boolean.TRUE.equals(slot.synced()) && context.source().server().inRecovery()) {
			findings.add("Replication slot '" + context.slotName()
					+ "' is synchronized from the primary to this standby and cannot be read here before a "
					+ "failover.", ServerSetupChecks.connectToPrimary(context), "connection.url", "slot.name");
		}
	}

	private static void lost(CheckContext context, Findings findings) {
		SlotState slot = context.source().slot();
		String reason = (slot != null) ? slot.lostReason() : null;
		if (reason != null && !context.evidence().replaceable()) {
			findings.add(
					"The server has invalidated replication slot '" + context.slotName() + "' (" + reason
							+ "), so the changes since its position can no longer be read.",
					waysOut(context).text("To prevent a repetition, " + prevention(reason) + "."), "slot.name");
		}
	}

	/**
	 * Only what is accepted. Otherwise the comparison of slot and offset refuses, because
	 * it knows whether another rule says more.
	 */
	private static void decodingState(CheckContext context, Findings findings) {
		SlotState slot = context.source().slot();
		if (slot != null && context.evidence().incomplete()) {
			findings.add(DecodingState.problem(slot), new Steps(), "slot.name");
		}
	}

	private static void decodingStateRight(CheckContext context, Findings findings) {
		SourceState.Session session = context.source().session();
		SurvivesFailover declared = context.engine().slot().survivesFailover();
		if (declared == SurvivesFailover.PATRONI && !session.listsDecodingStates()) {
			String statement = DecodingState.grant(context.source().server().majorVersion(),
					SqlQuoting.identifier(session.role()));
			findings.add("Role '" + session.role()
					+ "' may not list the states of decoding that the server has saved. Patroni copies "
					+ "a slot without them. After a promotion of a node that lacks the one of replication slot '"
					+ context.slotName() + "', the server skips transactions without an error.",
					new Steps().sql("Run as a superuser: ", statement), List.of(statement), "slot.survives-failover");
		}
	}

	private static Steps waysOut(CheckContext context) {
		Steps steps = context.newSnapshot(new Steps(), "Take a new snapshot:", ", which reads all rows again.");
		Lsn offset = context.relations().offset();
		if (offset.isAfter(Lsn.ZERO) && context.settings().obstacleToRecovery(context.source().server()) == null) {
			steps.or().add(context.settings().recovery(new EngineSettings.RecoveredOffset(offset, null)));
		}
		return steps;
	}

	private static String prevention(String reason) {
		return switch (reason) {
			case "rows_removed" -> "set hot_standby_feedback = on";
			case "wal_level_insufficient" -> "leave wal_level at 'logical'";
			case "idle_timeout" -> "raise idle_replication_slot_timeout";
			default -> "raise max_slot_wal_keep_size";
		};
	}

}
