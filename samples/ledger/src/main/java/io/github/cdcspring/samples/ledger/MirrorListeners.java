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

package io.github.cdcspring.samples.ledger;

import java.util.List;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Receives every change in batches, and returns when the mirror has committed it.
 */
@Component
class MirrorListeners {

	private final KeyedMirror<Account> accounts;

	private final KeyedMirror<Branch> branches;

	private final KeyedMirror<Teller> tellers;

	private final HistoryMirror history;

	private final KeyedMirror<ExtraEntry> extra;

	MirrorListeners(Mirror mirror, @Value("${ledger.drop:0}") int drop, @Value("${ledger.bare:false}") boolean bare) {
		this.accounts = new KeyedMirror<>(mirror, "pgbench_accounts", "aid",
				List.of(new MirrorColumn<>("bid", "int4", Account::bid),
						new MirrorColumn<>("abalance", "int4", Account::abalance),
						new MirrorColumn<>("filler", "text", Account::filler)),
				(row) -> false);
		this.branches = new KeyedMirror<>(mirror, "pgbench_branches", "bid",
				List.of(new MirrorColumn<>("bbalance", "int4", Branch::bbalance),
						new MirrorColumn<>("filler", "text", Branch::filler)),
				(row) -> false);
		this.tellers = new KeyedMirror<>(mirror, "pgbench_tellers", "tid",
				List.of(new MirrorColumn<>("bid", "int4", Teller::bid),
						new MirrorColumn<>("tbalance", "int4", Teller::tbalance),
						new MirrorColumn<>("filler", "text", Teller::filler)),
				(row) -> false);
		this.history = new HistoryMirror(mirror, drop, bare);
		this.extra = new KeyedMirror<>(mirror, "ledger_extra", "id",
				List.of(new MirrorColumn<>("note", "text", (row) -> row.note().get()),
						new MirrorColumn<>("amount", "numeric", (row) -> row.amount().get()),
						new MirrorColumn<>("changed_at", "timestamptz", (row) -> row.changedAt().get())),
				ExtraEntry::neverCommitted);
	}

	@CdcListener("pgbench_accounts")
	void accounts(List<ChangeEvent<Account>> events) {
		this.accounts.apply(events);
	}

	@CdcListener("pgbench_branches")
	void branches(List<ChangeEvent<Branch>> events) {
		this.branches.apply(events);
	}

	@CdcListener("pgbench_tellers")
	void tellers(List<ChangeEvent<Teller>> events) {
		this.tellers.apply(events);
	}

	@CdcListener("pgbench_history")
	void history(List<ChangeEvent<HistoryEntry>> events) {
		this.history.apply(events);
	}

	@CdcListener("ledger_extra")
	void extra(List<ChangeEvent<ExtraEntry>> events) {
		this.extra.apply(events);
	}

}
