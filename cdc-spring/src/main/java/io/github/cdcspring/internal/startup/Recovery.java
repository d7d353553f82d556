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

import java.util.List;
import java.util.Set;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Whether a start gives up the changes that it cannot receive any more, instead of being
 * refused, because an operator wants that. A request answers one refusal and holds for no
 * other: not on another server, not from another offset, and not for another rule.
 */
public final class Recovery {

	static final String HISTORY_MISMATCH = "history-mismatch";

	/** The rule that refuses a start which cannot continue a recovery. */
	static final String BLOCKED = "recovery-blocked";

	/** The rules that refuse a start because changes cannot be received any more. */
	private static final Set<String> RULES = Set.of("slot-missing", "slot-recreated", "slot-lost", DecodingState.RULE,
			HISTORY_MISMATCH, "slot-ahead-unexplained", "offset-ahead-unexplained", BLOCKED);

	private final EngineSettings settings;

	private final SettingNames names;

	/** The positions that the last start has found. */
	private volatile @Nullable ReplicationState found;

	/** The refusal of the last start, {@code null} if it was not refused. */
	private volatile @Nullable Refusal refusal;

	private volatile @Nullable Refusal requested;

	private volatile boolean begun;

	Recovery(EngineSettings settings) {
		this.settings = settings;
		this.names = new SettingNames(settings);
	}

	/**
	 * A start has found positions.
	 * @param found the positions, with the stored offset
	 */
	public void found(ReplicationState found) {
		this.found = found;
	}

	/**
	 * A start was refused. A request did not help against that, and is dropped.
	 */
	public void refused(StartRefusedException refusal) {
		this.requested = null;
		ReplicationState found = this.found;
		this.refusal = (found != null) ? new Refusal(found.server(), found.offsetLsn(),
				refusal.violations().stream().map(Violation::rule).toList()) : null;
	}

	/**
	 * The store knows that the recovery has begun, so a later start continues it.
	 */
	public void begun() {
		this.begun = true;
	}

	/**
	 * Whether a start has begun to recover since that was requested.
	 */
	public boolean hasBegun() {
		return this.begun;
	}

	/**
	 * A start was prepared. Nothing is left to recover from.
	 */
	public void prepared() {
		this.requested = null;
		this.refusal = null;
	}

	/**
	 * Drop a request.
	 */
	public void withdraw() {
		this.requested = null;
	}

	/**
	 * Return what requests to recover from the last refusal when it is run.
	 * @throws CdcException if a recovery does not help against it, or is not possible
	 */
	public Runnable request() {
		Refusal refusal = this.refusal;
		String obstacle = obstacle(refusal);
		if (obstacle != null) {
			throw new CdcException("Engine '" + this.settings.name() + "' cannot recover: " + obstacle
					+ ". Do what the refusal advises.");
		}
		return () -> {
			this.begun = false;
			this.requested = refusal;
		};
	}

	private @Nullable String obstacle(@Nullable Refusal refusal) {
		if (refusal == null || refusal.rules().stream().noneMatch(RULES::contains)) {
			return "it is refused for another reason than a slot that is missing, lost, incomplete, recreated or at another position "
					+ "than the offset";
		}
		String obstacle = this.names.obstacleToRecovery(refusal.server());
		return (obstacle == null && refusal.offset() == null) ? "the offset store has no offset of it" : obstacle;
	}

	/**
	 * Whether a start recovers: an operator has requested it, or a former start has begun
	 * to and has not stored that it is done.
	 * @param found the positions, with the stored offset
	 * @param rule the rule that would refuse the start, {@code null} if none would
	 */
	public boolean isWanted(ReplicationState found, @Nullable String rule) {
		if (found.offset() == null || this.names.obstacleToRecovery(found.server()) != null) {
			return false;
		}
		return isBegun(found)
				|| (rule != null && RULES.contains(rule) && (isSet(found, rule) || isRequested(found, rule)));
	}

	/**
	 * Whether a former start has begun to recover and has not stored that it is done, so
	 * that the slot may be a new one. Another server, such as the right one after a wrong
	 * one, is not recovered.
	 * @param found the positions, with the stored offset
	 */
	boolean isBegun(ReplicationState found) {
		StoredOffset offset = found.offset();
		return offset != null && found.server().systemIdentifier().equals(new OffsetJson(offset.position()).recovery());
	}

	/**
	 * Whether a recovery has begun that this start cannot continue.
	 * @param found the positions, with the stored offset
	 */
	boolean isBlocked(ReplicationState found) {
		return isBegun(found) && this.names.obstacleToRecovery(found.server()) != null;
	}

	/**
	 * Whether a recovery has begun because the server has another history, which later
	 * starts may not see any more.
	 * @param found the positions, with the stored offset
	 */
	boolean hasBegunOnOtherHistory(ReplicationState found) {
		StoredOffset offset = found.offset();
		return offset != null && isBegun(found) && new OffsetJson(offset.position()).recoversOnOtherHistory();
	}

	/**
	 * Whether a recovery has begun that forgets which events were processed, which later
	 * starts may see no reason for.
	 * @param found the positions, with the stored offset
	 */
	boolean hasBegunToForget(ReplicationState found) {
		StoredOffset offset = found.offset();
		return offset != null && isBegun(found) && new OffsetJson(offset.position()).recoveryForgetsProcessed();
	}

	/**
	 * Whether a recovery by any instance has given up what this process has processed.
	 * @param processed what this process has processed
	 * @param stored the stored offset
	 */
	static boolean hasGivenUp(StoredOffset processed, StoredOffset stored) {
		return new OffsetJson(processed.position()).generation() < new OffsetJson(stored.position()).generation();
	}

	/**
	 * Whether a start may recover, and then replaces a slot that is lost. Which rule
	 * refuses it may turn out later.
	 * @param found the positions, with the stored offset
	 */
	public boolean mayReplaceSlot(ReplicationState found) {
		return RULES.stream().anyMatch((rule) -> isWanted(found, rule));
	}

	private boolean isRequested(ReplicationState found, String rule) {
		Refusal requested = this.requested;
		return requested != null && requested.server().systemIdentifier().equals(found.server().systemIdentifier())
				&& found.offsetLsn() != null && found.offsetLsn().equals(requested.offset())
				&& requested.rules().contains(rule);
	}

	/**
	 * Where the history is another one, the setting has to name the server: it may be a
	 * wrong one.
	 */
	private boolean isSet(ReplicationState found, String rule) {
		EngineSettings.RecoveredOffset set = this.settings.safety().recover();
		if (set == null || !set.lsn().equals(found.offsetLsn())) {
			return false;
		}
		String server = set.systemIdentifier();
		return (server != null) ? server.equals(found.server().systemIdentifier()) : !rule.equals(HISTORY_MISMATCH);
	}

	/**
	 * Why a start was refused.
	 *
	 * @param server the server
	 * @param offset the stored offset, {@code null} if there is none
	 * @param rules the rules that refused the start
	 */
	private record Refusal(ServerState server, @Nullable Lsn offset, List<String> rules) {

	}

}
