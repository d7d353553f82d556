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

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.internal.backfill.BackfillRequest;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one engine as messages name them.
 *
 * @param engine the engine
 */
public record SettingNames(EngineSettings engine) {

	/** The server sends logical messages since this version. */
	private static final int MESSAGES_SINCE = BackfillRequest.MESSAGES_SINCE * 10000;

	/**
	 * The full name of a setting, such as {@code cdc.slot.name}.
	 */
	public String name(String key) {
		return this.engine.property(key);
	}

	/**
	 * A setting with its value, such as {@code cdc.slot.name=shop}.
	 */
	public String with(String key, Object value) {
		return name(key) + "=" + ((value instanceof Enum<?> constant) ? LowerCase.of(constant) : LogSafe.of(value));
	}

	/**
	 * The flush mode with its value.
	 */
	public String flushMode() {
		return with("lsn-flush-mode", this.engine.lsnFlushMode());
	}

	/**
	 * The mismatch strategy with its value.
	 */
	public String strategy() {
		return with("offset-mismatch-strategy", this.engine.offsetMismatchStrategy());
	}

	/**
	 * The snapshot mode with its value.
	 */
	public String snapshotMode() {
		return with("snapshot.mode", this.engine.snapshotMode());
	}

	/**
	 * The kind of offset store with its value.
	 */
	public String store() {
		return with("offset.store", this.engine.offset().store());
	}

	/**
	 * Why the engine cannot recover from changes that it cannot receive any more: it has
	 * to keep an offset, and to read existing rows alongside the stream.
	 * @param server the server
	 * @return the reason, {@code null} if the engine can recover
	 */
	public @Nullable String obstacleToRecovery(ServerState server) {
		SnapshotMode mode = this.engine.snapshotMode();
		if (!this.engine.offset().store().isDurable()) {
			return store() + " loses with the process how far a recovery is";
		}
		if (mode.endsAfterSnapshot()) {
			return snapshotMode() + " receives no changes after the snapshot";
		}
		if (mode.readsDataAtEachStart()) {
			return snapshotMode() + " reads the existing rows at each start anyway";
		}
		if (server.inRecovery()) {
			return "the server is a standby, which accepts no backfill";
		}
		return (server.versionNumber() < MESSAGES_SINCE)
				? "PostgreSQL " + server.majorVersion()
						+ " sends no logical messages, which a backfill needs since they mark its place in the stream"
				: null;
	}

	/**
	 * How to recover, as another way than the steps before it.
	 * @param offset the stored offset, with the server if that has another history;
	 * {@code null} if only this process knows what it recovers from, so that a setting
	 * does not help at a start
	 */
	public ActionStep recovery(EngineSettings.@Nullable RecoveredOffset offset) {
		String request = "Or request the operation 'recover'";
		String result = " to resume at a slot that can be read and deliver the existing rows alongside the stream, as READ "
				+ "events.";
		return ((offset != null) ? ActionStep.of(ActionStep.Language.SETTING, request + ", or set ",
				with("safety.recover", offset), " for one start," + result) : ActionStep.of(request + result))
			.asAlternative();
	}

	/**
	 * The slot in a sentence.
	 */
	public String slot() {
		return "replication slot '" + this.engine.slot().name() + "'";
	}

}
