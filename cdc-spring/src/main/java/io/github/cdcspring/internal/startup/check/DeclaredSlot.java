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
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.internal.startup.ReplicationSlot;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;

/**
 * Whether a slot survives a failover as the operator declares it.
 *
 * @param engine the engine
 * @param settings the names of its settings
 * @param server the server
 * @param slot the slot, {@code null} if it does not exist
 * @param database the database that is received from
 */
record DeclaredSlot(EngineSettings engine, SettingNames settings, ServerState server, @Nullable SlotState slot,
		String database) {

	static DeclaredSlot of(CheckContext context) {
		return new DeclaredSlot(context.engine(), context.settings(), context.source().server(),
				context.source().slot(), context.source().session().database());
	}

	/**
	 * The slot of a connector.
	 * @param found the server and the slot
	 */
	static DeclaredSlot of(ConnectorContext context, ReplicationState found) {
		return new DeclaredSlot(context.engine(), context.settings(), found.server(), found.slot(),
				context.engine().connection().database());
	}

	/**
	 * Check the declaration.
	 */
	void check(Findings findings) {
		SurvivesFailover declared = this.engine.slot().survivesFailover();
		if (declared.isFailoverSlot()) {
			checkFailoverSlot(findings);
		}
		else if (declared.isDeclared() && !this.engine.slot().patroniUrls().isEmpty()) {
			new PatroniSlot(this).check(findings);
		}
	}

	private void checkFailoverSlot(Findings findings) {
		int version = this.server.majorVersion();
		SlotState slot = this.slot;
		if (version < ReplicationSlot.FAILOVER_SLOTS_SINCE) {
			add("PostgreSQL " + version + " has no failover slots.",
					new Steps().text(
							"Upgrade the server to PostgreSQL " + ReplicationSlot.FAILOVER_SLOTS_SINCE + " or later."),
					findings);
		}
		else if (slot != null && slot.plugin() != null && !Boolean.TRUE.equals(slot.failover())) {
			add("it was created without failover, so no standby receives it.",
					new Steps().code(ActionStep.Language.SHELL, "Stop every consumer of the slot and run in a shell: ",
							"psql '" + connection() + " replication=database' -c '"
									+ new ReplicationSlot(this.engine).failoverCommand() + "'",
							""),
					findings);
		}
	}

	private void add(String problem, Steps steps, Findings findings) {
		String key = "slot.survives-failover";
		findings.addAs(rule(), doesNotHold() + problem + " " + consequence(),
				steps.or().setting("Or set ", this.settings.name(key) + "=no", "."), key);
	}

	/**
	 * The rule that a wrong declaration breaks: the one that relies on it, if the
	 * strategy does.
	 */
	String rule() {
		return this.engine.offsetMismatchStrategy().trustsSlotAhead() ? SlotAuthorityRules.WITHOUT_SURVIVING_SLOT.id()
				: SlotChecks.SURVIVES_FAILOVER.id();
	}

	String doesNotHold() {
		return this.settings.with("slot.survives-failover", this.engine.slot().survivesFailover())
				+ " does not hold for replication slot '" + this.engine.slot().name() + "': ";
	}

	String consequence() {
		SettingNames settings = this.settings;
		return this.engine.offsetMismatchStrategy().trustsSlotAhead()
				? "After a failover the changes until it is recreated would be skipped, because " + settings.strategy()
						+ " trusts the slot."
				: "After a failover it would be gone.";
	}

	private String connection() {
		EngineSettings.Connection connection = this.engine.connection();
		String hosts = Stream.of(connection.hosts().split(","))
			.map((host) -> host.replaceAll("\\]:\\d+$", "]")
				.replaceAll("^([^:\\[]+):\\d+$", "$1")
				.replaceAll("[\\[\\]]", ""))
			.collect(Collectors.joining(","));
		return "host=" + hosts + " port=" + connection.port() + " dbname=" + connection.database();
	}

	/**
	 * Without the setting, the primary sends changes that no standby has received yet.
	 */
	void checkStandbys(Findings findings) {
		ServerState server = this.server;
		String slots = server.synchronizedStandbySlots();
		if (this.engine.slot().survivesFailover().isFailoverSlot()
				&& server.majorVersion() >= ReplicationSlot.FAILOVER_SLOTS_SINCE && !server.inRecovery()
				&& (slots == null || slots.isBlank())) {
			findings.addAs(SlotChecks.SYNCHRONIZED_STANDBY.id(),
					this.settings.with("slot.survives-failover", SurvivesFailover.FAILOVER_SLOT)
							+ " needs synchronized_standby_slots on the primary, which is empty. The engine can "
							+ "process changes before a standby has them. After a failover the stored offset is then "
							+ "not in the history of the new primary, and the start is refused.",
					new Steps()
						.sql("On the primary, name the physical slots of the standbys: ",
								List.of("ALTER SYSTEM SET synchronized_standby_slots = '…';",
										"SELECT pg_reload_conf();"))
						.or()
						.setting("Or set ", this.settings.name("slot.survives-failover") + "=no", "."),
					"slot.survives-failover");
		}
	}

}
