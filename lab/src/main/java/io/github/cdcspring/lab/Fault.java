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

package io.github.cdcspring.lab;

import java.time.Duration;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Something that fails while an application receives.
 */
enum Fault {

	WALSENDER_TERMINATED("The process that sends is terminated",
			(scene) -> scene.execute(
					"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '$slot'")),

	SERVER_STOPPED("The server is stopped (`fast`) and started again", (scene) -> {
		scene.server().stopFast();
		scene.server().start();
	}),

	SERVER_STOPPED_IMMEDIATELY("The server is stopped (`immediate`) and started again", (scene) -> {
		scene.server().stopImmediately();
		scene.server().start();
	}),

	SERVER_KILLED("All processes of the server are killed, and it is started again", (scene) -> {
		scene.server().kill();
		scene.server().start();
	}),

	SERVER_AWAY("The server is away for 30 s", (scene) -> {
		scene.server().stopFast();
		Wait.pause((int) Duration.ofSeconds(30).toMillis());
		scene.server().start();
	}),

	CONNECTIONS_RESET("All connections are reset", (scene) -> scene.proxy().cut()),

	CONNECTIONS_FORGOTTEN("A firewall forgets all connections", (scene) -> scene.proxy().forget()),

	NOTHING_FROM_SERVER("Nothing of what the server sends arrives", (scene) -> scene.proxy().stallToClient()),

	NOTHING_TO_SERVER("Nothing of what the application sends arrives", (scene) -> scene.proxy().stallToServer()),

	APPLICATION_KILLED("The application is killed and started again", (scene) -> {
		scene.application().kill();
		scene.application().start();
	}),

	APPLICATION_PAUSED("The application is stopped (SIGSTOP) for longer than `wal_sender_timeout`", (scene) -> {
		scene.application().pause();
		Wait.pause((int) Faults.WAL_SENDER_TIMEOUT.plusSeconds(4).toMillis());
		scene.application().resume();
	}),

	OFFSET_TABLE_LOCKED("`cdc_offset` is locked for 15 s",
			(scene) -> scene
				.execute("BEGIN; LOCK TABLE cdc_offset IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(15); COMMIT")),

	OFFSET_TABLE_DROPPED("`cdc_offset` is dropped", (scene) -> scene.execute("DROP TABLE cdc_offset")),

	SLOT_DROPPED("The slot is dropped", "slot-missing",
			(scene) -> scene.withoutReader("SELECT pg_drop_replication_slot('$slot')")),

	SLOT_ADVANCED("The slot is advanced by another client", "slot-ahead-unexplained",
			(scene) -> scene.withoutReader("SELECT pg_replication_slot_advance('$slot', pg_current_wal_lsn())")),

	SLOT_RECREATED("The slot is dropped and created again", "slot-recreated",
			(scene) -> scene.withoutReader("SELECT pg_drop_replication_slot('$slot'); "
					+ "SELECT pg_create_logical_replication_slot('$slot', 'pgoutput')")),

	PUBLICATION_DROPPED("The publication is dropped", "relation-not-published",
			(scene) -> scene.execute("DO 'BEGIN EXECUTE (SELECT format(''DROP PUBLICATION %I'', pubname) "
					+ "FROM pg_publication); END'")),

	TABLE_RENAMED("A captured table is renamed", "relation-renamed",
			(scene) -> scene.execute("ALTER TABLE pgbench_tellers RENAME TO tellers")),

	TABLE_DROPPED("A captured table is dropped", "relation-dropped",
			(scene) -> scene.execute("DROP TABLE pgbench_tellers"));

	private final String title;

	private final @Nullable String refusal;

	private final Consumer<FaultScene> action;

	Fault(String title, Consumer<FaultScene> action) {
		this(title, null, action);
	}

	Fault(String title, @Nullable String refusal, Consumer<FaultScene> action) {
		this.title = title;
		this.refusal = refusal;
		this.action = action;
	}

	/** What fails, in words. */
	String title() {
		return this.title;
	}

	/** The rule by which the engine refuses to continue, {@code null} if it recovers. */
	@Nullable String refusal() {
		return this.refusal;
	}

	void happen(FaultScene scene) {
		this.action.accept(scene);
	}

}
