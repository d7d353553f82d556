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

package io.github.cdcspring.benchmarks.contestant;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The process of a contestant. It gets its task on the command line, reads commands from
 * standard input, and prints the results. It exits at the end of standard input.
 *
 * <pre>
 * in:  end
 * in:  cpu          out: @cpu nanos=1
 * in:  phase 2      out: @phase count=1 p50=1 p99=1 max=1
 * in:  count        out: @count events=1 peakHeap=1
 *                   out: @first nanos=1 cpu=1
 *                   out: @done events=1 nanos=1 cpu=1 allocated=1 wholeNanos=1 peakHeap=1 counted=1
 *                   out: @failed why
 * </pre>
 *
 * @since 0.1.0
 */
public final class ContestantProcess {

	private final PrintStream out = System.out;

	private final Resources resources = new Resources();

	private final Latencies latencies = new Latencies();

	private ContestantProcess() {
	}

	/**
	 * Run one task.
	 * @param arguments the task, see {@link Task#arguments()}
	 */
	public static void main(String[] arguments) {
		new ContestantProcess().run(Task.parse(arguments));
	}

	private void run(Task task) {
		Meter meter = new Meter(task.warmUp(), task.events(), this.resources);
		start("commands", () -> executeCommands(meter));
		start("first", () -> print("first " + meter.awaitFirst()));
		if (task.events() > 0) {
			start("all", () -> print(describe(meter.awaitAll(task.work() == 0))));
		}
		try {
			Receiver.of(task.receiver()).receive(task, new Sink(meter, this.latencies, task.work()));
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	private void start(String name, Step step) {
		Thread thread = new Thread(() -> {
			try {
				step.run();
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	private void executeCommands(Meter meter) throws IOException {
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String command = in.readLine(); command != null; command = in.readLine()) {
			if (command.equals("cpu")) {
				print("cpu nanos=" + this.resources.cpu());
			}
			else if (command.equals("count")) {
				print("count events=" + meter.counted() + " peakHeap=" + this.resources.peakHeap());
			}
			else if (command.equals("end")) {
				System.exit(0);
			}
			else if (command.startsWith("phase ")) {
				print("phase " + this.latencies.describe(Integer.parseInt(command.substring("phase ".length()))));
			}
		}
		// The parent process has ended, so the results are of no use
		Runtime.getRuntime().halt(0);
	}

	private static String describe(Meter.Measured measured) {
		return "done events=" + measured.events() + " nanos=" + measured.nanos() + " cpu=" + measured.cpu()
				+ " allocated=" + measured.allocated() + " wholeNanos=" + measured.wholeNanos() + " peakHeap="
				+ measured.peakHeap() + " counted=" + measured.counted();
	}

	private void fail(Throwable cause) {
		cause.printStackTrace();
		print("failed " + String.valueOf(cause.getMessage())
			.lines()
			.findFirst()
			.orElse("")
			.concat(" (" + cause.getClass().getSimpleName() + ")"));
	}

	private synchronized void print(String line) {
		this.out.println("@" + line);
		this.out.flush();
	}

	private interface Step {

		void run() throws Exception;

	}

}
