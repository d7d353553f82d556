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

import java.util.Map;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.OffsetOrigin;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectOffsetTests {

	@Test
	void hasWhatTheColumnsOfTheOffsetTableHave() {
		ConnectOffset offset = new ConnectOffset(Map.of("lsn", 256, "lsn_commit", 256, "cdc_system_identifier", "7",
				"cdc_timeline_id", 2, "cdc_transaction_id", 4711, "cdc_timeline", "2@0/80", "cdc_gap", "0/100-0/200"));
		assertThat(offset.stored()).satisfies((stored) -> {
			assertThat(stored.lsn()).isEqualTo(Lsn.parse("0/100"));
			assertThat(stored.origin()).isEqualTo(new OffsetOrigin("7", 2, 4711L));
			assertThat(new OffsetJson(stored.position()).timelineStart()).isEqualTo("2@0/80");
		});
		assertThat(offset.gap()).isEqualTo(Gap.parse("0/100-0/200"));
	}

	@Test
	void oneOfDebeziumOrAnOlderPluginRemainsReadable() {
		ConnectOffset offset = new ConnectOffset(
				Map.of("lsn", 512, "lsn_proc", 300, "lsn_commit", 256, "messageType", "INSERT"));
		assertThat(offset.stored()).satisfies((stored) -> {
			assertThat(stored.lsn()).isEqualTo(Lsn.parse("0/100"));
			assertThat(stored.origin()).isNull();
		});
		assertThat(offset.gap()).isNull();
	}

	@Test
	void oneInsideASnapshotIsNone() {
		assertThat(new ConnectOffset(Map.of("lsn", 256, "snapshot", "INITIAL")).stored()).isNull();
		assertThat(new ConnectOffset(Map.of()).stored()).isNull();
	}

	@Test
	void aGapThatCannotBeReadIsNone() {
		assertThat(new ConnectOffset(Map.of("cdc_gap", "all")).gap()).isNull();
	}

}
