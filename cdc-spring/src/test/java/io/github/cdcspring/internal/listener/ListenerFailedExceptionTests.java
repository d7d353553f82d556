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

package io.github.cdcspring.internal.listener;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

import io.github.cdcspring.Lsn;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ListenerFailedExceptionTests {

	@Test
	void messageEndsProblemWithOneFullStop() {
		assertThat(new ListenerFailedException("It failed", "Fix it.", new IOException()))
			.hasMessage("It failed. Fix it.");
		assertThat(new ListenerFailedException("It failed.", "Fix it.", new IOException()))
			.hasMessage("It failed. Fix it.");
	}

	@Test
	void loggableCauseHasClassesAndFramesWithoutMessages() {
		IOException root = new IOException("secret");
		IllegalStateException cause = new IllegalStateException("secret too", root);
		StringWriter text = new StringWriter();
		new ListenerFailedException("It failed", "Fix it.", cause).loggableCause()
			.printStackTrace(new PrintWriter(text));
		assertThat(text.toString()).startsWith("java.lang.IllegalStateException" + System.lineSeparator())
			.contains("Caused by: java.io.IOException" + System.lineSeparator())
			.contains("\tat " + getClass().getName() + ".loggableCauseHasClassesAndFramesWithoutMessages(")
			.doesNotContain("secret");
	}

	@Test
	void loggableCauseEndsWhereCausesRepeat() {
		IOException first = new IOException("first");
		IllegalStateException second = new IllegalStateException("second", first);
		first.initCause(second);
		Throwable loggable = new ListenerFailedException("It failed", "Fix it.", first).loggableCause();
		assertThat(loggable).hasToString("java.io.IOException");
		assertThat(loggable.getCause()).hasToString("java.lang.IllegalStateException").hasNoCause();
	}

	@Test
	void failureOfABatchPassesWithTheLastOfItsEvents() {
		ListenerFailedException failure = new ListenerFailedException("It failed", "Fix it.",
				new IllegalStateException(), List.of(TestChange.read(2), TestChange.read(5), TestChange.read(1)), null);
		assertThat(failure.processedPast()).isEqualTo(new Lsn(105));
	}

}
