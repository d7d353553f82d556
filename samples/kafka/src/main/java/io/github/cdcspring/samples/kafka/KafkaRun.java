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

package io.github.cdcspring.samples.kafka;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.samples.ledger.check.CheckedRun;
import io.github.cdcspring.samples.ledger.check.Ledger;
import io.github.cdcspring.samples.ledger.check.Options;
import io.github.cdcspring.samples.ledger.check.Resources;
import io.github.cdcspring.samples.ledger.check.Verdict;

/**
 * Shows how two instances share events that come from Kafka, or puts them under load and
 * says, as its last line and exit status, whether the mirror is equal to the source.
 */
public final class KafkaRun {

	/** Few, so that the snapshot takes a second. */
	private static final int ACCOUNTS_TO_SHOW = 1000;

	private static final int SECONDS_TO_KILL = 10;

	private static final int SECONDS_A_LINE = 2;

	private final KafkaOptions options;

	private final int accounts;

	private final PrintStream out;

	private final Resources resources = new Resources();

	KafkaRun(KafkaOptions options, int accounts, PrintStream out) {
		this.options = options;
		this.accounts = accounts;
		this.out = out;
	}

	/**
	 * Run from the command line, for which {@code samples/kafka/run} is the way.
	 * @param arguments the options
	 */
	public static void main(String[] arguments) {
		if (List.of(arguments).contains("--help")) {
			System.out.println(KafkaOptions.USAGE);
			return;
		}
		System.setProperty("logback.configurationFile", "logback-kafka.xml");
		Path directory = Path.of(System.getProperty("kafka.directory", "target/kafka"));
		try {
			KafkaOptions options = KafkaOptions.parse(directory.toAbsolutePath(), arguments);
			int accounts = options.transactions() ? 0 : ACCOUNTS_TO_SHOW;
			System.exit(new KafkaRun(options, accounts, System.out).run() ? 0 : 1);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.println(KafkaOptions.USAGE);
			System.exit(2);
		}
	}

	boolean run() {
		return new CheckedRun(this.resources, this.out).run(this::shareAndCompare);
	}

	private Verdict shareAndCompare() throws IOException, SQLException, InterruptedException {
		Path directory = this.options.ledger().directory();
		Files.createDirectories(directory);
		for (String file : List.of("instance-1.log", "instance-2.log", "pgbench.log")) {
			Files.deleteIfExists(directory.resolve(file));
		}
		this.out.println("Starting PostgreSQL, a Kafka broker, a Kafka Connect worker and two instances ...");
		Servers servers = new Servers(this.options, this.accounts, this.resources);
		servers.startInstances();
		introduce(servers);
		Ledger ledger = servers.ledger();
		if (!ledger.awaitSnapshot(servers)) {
			throw new IllegalStateException(
					"The rows that the source had have not arrived. See the logs in " + directory);
		}
		servers.awaitSharing();
		ledger.begin();
		Sharing sharing = new Sharing(servers.mirror());
		int transactions = this.options.transactions() ? load(servers) : show(servers, sharing);
		Ledger.Outcome outcome = ledger.finish(servers);
		this.out.printf("%n%s%n", sharing.total());
		return ledger.judge(outcome, transactions, servers.kills(), servers.stopInstances(), this.out);
	}

	private void introduce(Servers servers) {
		this.out.printf(
				"""

						  PostgreSQL     %s, databases source and mirror (user postgres)
						  Kafka broker   %s
						  Kafka Connect  %s/connectors/ledger/status
						  instance-1     %s
						  instance-2     %s
						  logs           %s

						Transactions change pgbench's tables in 'source'. A connector sends the changes to Kafka. The two instances are
						one consumer group: each receives the events of its partitions, and its @CdcListener methods write them to
						'mirror'.
						""",
				servers.postgres(), servers.kafka().bootstrapServers(), servers.kafka().connectUrl(),
				servers.urls().get(0), servers.urls().get(1), this.options.ledger().directory());
	}

	/** Make the transactions, and kill meanwhile. */
	private int load(Servers servers) throws IOException, SQLException, InterruptedException {
		Options options = this.options.ledger();
		Ledger ledger = servers.ledger();
		this.out.printf("%n%d TPC-B transactions by %s, %d clients, scale %d, %d lane(s), %d kill(s), seed %d%n",
				options.transactions(), ledger.load(), options.clients(), options.scale(), options.lanes(),
				options.kills(), options.seed());
		ledger.startExtraLoad();
		if (options.kills() > 0) {
			ledger.run(servers, this.out);
		}
		else {
			ledger.run(options.transactions());
		}
		return options.transactions();
	}

	/** Show who processes what, until the time is over. */
	private int show(Servers servers, Sharing sharing) throws IOException, SQLException, InterruptedException {
		Options options = this.options.ledger();
		SteadyLoad load = this.resources
			.add(new SteadyLoad(servers.ledger().source(), options.scale(), this.accounts, options.seed()));
		load.start();
		int end = this.options.seconds();
		this.out.printf(
				"A line shows events per second, and the tellers of 10 whose last change the instance has "
						+ "processed. %s%n%n",
				(end > 0) ? "The run ends after " + end + " seconds." : "Ctrl-C ends all.");
		sharing.next();
		for (int second = SECONDS_A_LINE; end == 0 || second <= end; second += SECONDS_A_LINE) {
			TimeUnit.SECONDS.sleep(SECONDS_A_LINE);
			servers.check();
			this.out.printf("%4d s%s%n", second, sharing.next());
			if (second == SECONDS_TO_KILL && !this.options.targets().isEmpty()) {
				this.out.printf("       %s is killed with SIGKILL, and starts again%n", servers.kill());
				servers.start();
			}
		}
		load.stop();
		return servers.ledger().transactions();
	}

}
