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

package io.github.cdcspring.internal.row;

import java.util.Map;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UnmarkedKeysTests {

	private final UnmarkedKeys keys = new UnmarkedKeys();

	@Test
	void keyOfTheStreamEqualsThatOfASnapshot() {
		Struct snapshot = key(null, 1);
		SourceRecord event = event(key(IdentityMark.of(false), 1));
		event.headers().add("__debezium.oldkey", key(IdentityMark.of(false), 2), event.keySchema());
		SourceRecord unmarked = this.keys.applyTo(event);
		assertThat(unmarked.key()).isEqualTo(snapshot);
		assertThat(unmarked.keySchema()).isEqualTo(snapshot.schema());
		assertThat(new ConnectJson().write(unmarked.keySchema(), unmarked.key()))
			.isEqualTo(new ConnectJson().write(snapshot.schema(), snapshot));
		assertThat(unmarked.headers().lastWithName("__debezium.oldkey").value()).isEqualTo(key(null, 2));
		assertThat(unmarked.sourceOffset()).isEqualTo(event.sourceOffset());
	}

	@Test
	void aKeyWithoutMarksStaysAsItIs() {
		SourceRecord event = event(key(IdentityMark.NONE, 1));
		assertThat(this.keys.applyTo(event)).isSameAs(event);
		SourceRecord keyless = new SourceRecord(Map.of(), Map.of(), "topic", null, null);
		assertThat(this.keys.applyTo(keyless)).isSameAs(keyless);
	}

	private static SourceRecord event(Struct key) {
		return new SourceRecord(Map.of(), Map.of("lsn", 1L), "topic", key.schema(), key, null, null);
	}

	private static Struct key(@Nullable String mark, int id) {
		SchemaBuilder field = PostgresType.of(23, "int4", false, 0, false).schema();
		IdentityMark.describe(field, mark);
		Schema schema = SchemaBuilder.struct().name("Key").field("id", field.build()).build();
		return new Struct(schema).put("id", id);
	}

}
