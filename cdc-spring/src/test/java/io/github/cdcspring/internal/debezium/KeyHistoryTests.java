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

import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.offset.CapturedKey;
import io.github.cdcspring.offset.CapturedRelation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The key is that of the transaction's commit as far as the looks at the catalog tell it.
 */
class KeyHistoryTests {

	private static final List<String> BOTH = List.of("id", "uid");

	private final KeyHistory history = new KeyHistory();

	@Test
	void keyOfTodayCountsWithoutHistory() {
		assertThat(find(1, BOTH, "uid")).isEqualTo("uid");
		assertThat(find(1, List.of("id"), "uid")).isEqualTo("none");
	}

	@Test
	void transactionBeforeTheLastSightOfTheFormerKeyHasThatKey() {
		seen("id", 10, 20);
		seen("id", 20, 30);
		assertThat(find(20, BOTH, "uid")).isEqualTo("id");
		seen("uid", 30, 40);
		seen("uid", 40, 50);
		assertThat(find(20, BOTH, "uid")).isEqualTo("id");
		assertThat(find(20, List.of("uid"), "uid")).isEqualTo("none");
	}

	@Test
	void transactionAfterTheFirstSightOfTheNewKeyHasThatKey() {
		seen("id", 10, 20);
		seen("uid", 20, 30);
		assertThat(find(30, BOTH, "uid")).isEqualTo("uid");
		assertThat(find(30, List.of("id"), "uid")).isEqualTo("none");
	}

	@Test
	void columnsDecideInBetween() {
		seen("id", 10, 20);
		seen("uid", 20, 30);
		assertThat(find(25, List.of("id"), "uid")).isEqualTo("id");
		assertThat(find(25, List.of("uid"), "uid")).isEqualTo("uid");
		assertThat(find(25, BOTH, "uid")).isEqualTo("uid");
	}

	@Test
	void keyThatMovesTwiceIsThatOfItsTime() {
		seen("id", 10, 20);
		seen("uid", 20, 30);
		seen("uid", 30, 40);
		seen("id", 40, 50);
		seen("id", 50, 60);
		assertThat(find(10, BOTH, "id")).isEqualTo("id");
		assertThat(find(30, BOTH, "id")).isEqualTo("uid");
		assertThat(find(50, BOTH, "id")).isEqualTo("id");
	}

	private void seen(String key, int before, int after) {
		this.history.seen(List.of(new CapturedRelation(4294967295L, new TableId("public", "orders"), "",
				new CapturedKey(List.of(1), List.of(key), false))), new Lsn(before), new Lsn(after));
	}

	private String find(int commit, List<String> columns, String today) {
		return this.history
			.find(4294967295L, new Lsn(commit), new KeyHistory.Key(List.of(today), false),
					(key) -> columns.containsAll(key.columns()))
			.map((key) -> String.join(",", key.columns()))
			.orElse("none");
	}

}
