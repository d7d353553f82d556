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

import java.time.Instant;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * A logical slot that is free, with some of its values changed.
 */
public final class TestSlot {

	private String name = "cdc_shop";

	private @Nullable String plugin = "pgoutput";

	private boolean active;

	private @Nullable Lsn restartLsn = Lsn.ZERO;

	private Lsn confirmedFlushLsn = Lsn.parse("0/500");

	private String walStatus = "reserved";

	private boolean failover;

	private boolean synced;

	private @Nullable String invalidationReason;

	private @Nullable Long decodedTransactions = 10L;

	private @Nullable Instant statisticsResetAt;

	public TestSlot named(String name) {
		this.name = name;
		return this;
	}

	public TestSlot plugin(String plugin) {
		this.plugin = plugin;
		return this;
	}

	public TestSlot active() {
		this.active = true;
		return this;
	}

	public TestSlot at(String confirmedFlushLsn) {
		this.confirmedFlushLsn = Lsn.parse(confirmedFlushLsn);
		return this;
	}

	public TestSlot failover() {
		this.failover = true;
		return this;
	}

	public TestSlot synced() {
		this.synced = true;
		return this;
	}

	public TestSlot lost(@Nullable String invalidationReason) {
		this.restartLsn = null;
		this.walStatus = "lost";
		this.invalidationReason = invalidationReason;
		return this;
	}

	public TestSlot decoded(@Nullable Long transactions, @Nullable Instant resetAt) {
		this.decodedTransactions = transactions;
		this.statisticsResetAt = resetAt;
		return this;
	}

	public SlotState state() {
		return new SlotState(this.name, this.plugin, "shop", false, this.active, this.active ? 4711 : null,
				this.restartLsn, this.confirmedFlushLsn, this.walStatus, null, this.failover, this.synced,
				this.invalidationReason, this.decodedTransactions, null, this.statisticsResetAt);
	}

}
