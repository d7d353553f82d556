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

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The primary is killed under an application, and the standby is promoted.
 */
@EnabledOnOs(OS.LINUX)
class DrillIT {

	private static final Path LEDGER = Path.of("../samples/ledger/target/ledger-exec.jar").toAbsolutePath().normalize();

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	@Test
	void losesNothingWhenThePrimaryIsKilled() throws Exception {
		assertThat(run("--failovers=1")).as(this.output::toString).isTrue();
		assertThat(lastLine()).startsWith("drill: lost 0, duplicated ")
			.contains(", out of order 0, phantom 0, 1 failovers, ");
	}

	/** Nobody tells the application that its connections lead nowhere. */
	@Test
	void losesNothingWhenThePrimaryIsUnreachable() throws Exception {
		assertThat(run("--failovers=1", "--loss=unreachable")).as(this.output::toString).isTrue();
		assertThat(lastLine()).startsWith("drill: lost 0, duplicated ")
			.contains(", out of order 0, phantom 0, 1 failovers, ");
	}

	/** Only in the profile {@code faults}. */
	@Tag("faults")
	@ParameterizedTest
	@EnumSource
	void losesNothingInTwentyFailovers(Posture posture) throws Exception {
		assertThat(run("--failovers=20", "--posture=" + posture)).as(this.output::toString).isTrue();
		assertThat(lastLine()).startsWith("drill: lost 0, duplicated ")
			.contains(", out of order 0, phantom 0, 20 failovers, ");
	}

	private boolean run(String... options) throws Exception {
		LabFiles files = new LabFiles(LEDGER, Path.of("target/lab.jar").toAbsolutePath(), null,
				Path.of("target/lab-tests").toAbsolutePath());
		try (Drill drill = new Drill(DrillOptions.parse(options), files,
				new PrintStream(this.output, true, StandardCharsets.UTF_8))) {
			return drill.run();
		}
	}

	private String lastLine() {
		return this.output.toString(StandardCharsets.UTF_8)
			.stripTrailing()
			.lines()
			.reduce("", (first, second) -> second);
	}

}
