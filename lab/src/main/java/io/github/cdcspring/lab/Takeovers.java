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

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.github.cdcspring.testsupport.EmbeddedPostgresServer;

/**
 * Two instances of the ledger sample on one server. The one that receives is stopped,
 * killed or paused again and again, and the other one takes over.
 */
public final class Takeovers implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	static final Duration WAL_SENDER_TIMEOUT = Duration.ofSeconds(4);

	private final PrintStream out;

	private final PostgresNode server;

	private final EmbeddedPostgresServer mirror;

	private final AcknowledgedWriter writer;

	private ApplicationProcess leader;

	private ApplicationProcess standby;

	Takeovers(LabFiles files, PrintStream out) throws IOException, SQLException {
		this.out = out;
		Path directory = files.emptyDirectory("takeovers");
		this.server = PostgresNode.create("server", directory);
		this.server.set("wal_sender_timeout", WAL_SENDER_TIMEOUT.toSeconds() + "s");
		this.server.start();
		this.mirror = EmbeddedPostgresServer.builder().dataDirectory(directory.resolve("mirror")).start();
		LedgerTables.create(this.server.database("postgres"));
		String url = this.server.database("postgres").jdbcUrl();
		List<String> arguments = List.of("--spring.datasource.url=" + url, "--spring.datasource.username=postgres",
				"--spring.datasource.hikari.maximum-pool-size=3",
				"--ledger.mirror.jdbc-url=" + this.mirror.database("postgres").jdbcUrl(),
				"--ledger.mirror.username=postgres", "--ledger.mirror.maximum-pool-size=3");
		this.leader = new ApplicationProcess("one", files.ledger(), files.probe(), directory, arguments);
		this.standby = new ApplicationProcess("two", files.ledger(), files.probe(), directory, arguments);
		this.writer = AcknowledgedWriter.ofLedger(url, 100);
	}

	/**
	 * Run from the command line, for which {@code lab/takeovers} is the way.
	 * @param arguments how many takeovers of each kind
	 */
	public static void main(String[] arguments) {
		int times = (arguments.length > 0) ? Integer.parseInt(arguments[0]) : 20;
		int status = 1;
		try (Takeovers takeovers = new Takeovers(LabFiles.ofSystemProperties(), System.out)) {
			status = takeovers.run(times) ? 0 : 1;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			System.out.println("takeovers: FAILED, " + ex.getMessage());
		}
		System.exit(status);
	}

	/**
	 * Run.
	 * @return whether nothing was lost or out of order
	 */
	boolean run(int times) {
		this.leader.start();
		awaitState(this.leader, "RUNNING");
		this.writer.start();
		for (Takeover takeover : Takeover.values()) {
			measure(takeover, times);
		}
		this.writer.close();
		Map<Long, Integer> present = SurvivingRows.changes(this.server.database("postgres"));
		Wait.holds(TIMEOUT, () -> check(present).lost() == 0);
		EventCheck check = check(present);
		this.out.println("takeovers: " + check + ", " + present.size() + " rows");
		return check.isGood();
	}

	private void measure(Takeover takeover, int times) {
		this.standby.start();
		List<Duration> untilRunning = new ArrayList<>();
		List<Duration> untilEvent = new ArrayList<>();
		for (int i = 0; i < times; i++) {
			awaitState(this.standby, "STANDBY");
			ApplicationProcess former = this.leader;
			ApplicationProcess successor = this.standby;
			int known = successor.recorded().events().size();
			long began = System.currentTimeMillis();
			takeover.end(former);
			awaitState(successor, "RUNNING");
			Wait.until("the successor receives", TIMEOUT, () -> successor.recorded().events().size() > known);
			untilRunning
				.add(Duration.ofMillis(successor.recorded().lastStateTime() - released(takeover, former, began)));
			untilEvent.add(Duration.ofMillis(successor.recorded().events().get(known).time() - began));
			takeover.bringBack(former);
			this.leader = successor;
			this.standby = former;
		}
		this.standby.stop();
		this.out.println(String.format(Locale.ROOT, "%d x %s: running after %s; first event after %s", times, takeover,
				Durations.of(untilRunning), Durations.of(untilEvent)));
	}

	/** A graceful stop finishes the events in flight before it releases the slot. */
	private static long released(Takeover takeover, ApplicationProcess former, long began) {
		if (takeover != Takeover.STOP) {
			return began;
		}
		Recorded.State last = former.recorded().states().get(former.recorded().states().size() - 1);
		return last.name().equals("STOPPED") ? last.time() : began;
	}

	private static void awaitState(ApplicationProcess application, String state) {
		Wait.until("the state is " + state, TIMEOUT, () -> {
			application.check();
			return application.recorded().lastState().equals(state);
		});
	}

	/** Both instances together receive one stream. */
	private EventCheck check(Map<Long, Integer> present) {
		return EventCheck.of(Stream.of(this.leader, this.standby)
			.flatMap((application) -> application.recorded().events(LedgerTables.EXTRA).stream())
			.sorted(Comparator.comparing(Recorded.Event::time))
			.toList(), present, present, this.leader.recorded().lanes());
	}

	@Override
	public void close() throws IOException {
		this.writer.close();
		this.leader.close();
		this.standby.close();
		this.server.close();
		this.mirror.close();
	}

}
