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

package io.github.cdcspring.internal.debezium;

import java.sql.SQLException;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.EngineFailure.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UnreadableEventExceptionTests {

	private final RuntimeException defect = new IllegalStateException("For input string: \"secret\"");

	@Test
	void eventThatFailsTwiceNeverPasses() {
		assertThat(failure("twice", "0/10", this.defect).kind()).isEqualTo(Kind.TEMPORARY);
		assertThat(failure("twice", "0/20", this.defect).kind()).isEqualTo(Kind.TEMPORARY);
		assertThat(failure("other", "0/20", this.defect).kind()).isEqualTo(Kind.TEMPORARY);
		EngineFailure failure = failure("twice", "0/20", this.defect);
		assertThat(failure.kind()).isEqualTo(Kind.PERMANENT);
		assertThat(failure.message()).contains("0/20", "public.item", "IllegalStateException").doesNotContain("secret");
		assertThat(failure.cause()).hasNoCause();
	}

	@Test
	void valueThatCannotBeParsedNeverPasses() {
		EngineFailure failure = failure("value", "0/10",
				new IllegalStateException("secret", new CdcException("Column 'a' is unreadable.")));
		assertThat(failure.kind()).isEqualTo(Kind.PERMANENT);
		assertThat(failure.message()).contains("0/10", "public.item", "Column 'a' is unreadable.")
			.doesNotContain("secret");
	}

	@Test
	void lostConnectionIsNoDefectOfTheEvent() {
		SQLException lost = new SQLException("gone", "08006");
		assertThat(failure("lost", "0/10", new IllegalStateException(lost)).isConnectionLost()).isTrue();
		assertThat(failure("lost", "0/10", new IllegalStateException(lost)).isConnectionLost()).isTrue();
	}

	private static EngineFailure failure(String slot, String lsn, RuntimeException failure) {
		return EngineFailure.of(null, UnreadableEventException.of(slot, Lsn.parse(lsn), "public.item", failure));
	}

}
