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

import java.util.List;

import org.apache.kafka.common.cache.Cache;
import org.apache.kafka.common.cache.LRUCache;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Removes {@link IdentityMark} from the keys of records. Equal keys then have equal
 * bytes, whether the row is from a snapshot or from the stream. Not for several threads.
 */
public final class UnmarkedKeys {

	private static final int CACHED_SCHEMAS = 1_000;

	/** The headers in which Debezium puts the other key of a row whose key changes. */
	private static final List<String> KEY_HEADERS = List.of("__debezium.oldkey", "__debezium.newkey");

	private final Cache<Schema, Schema> schemas = new LRUCache<>(CACHED_SCHEMAS);

	/**
	 * Return a record whose keys have no marks.
	 * @param event the record that Debezium created
	 */
	public SourceRecord applyTo(SourceRecord event) {
		Headers headers = headers(event.headers());
		if (!(event.key() instanceof Struct key)) {
			return event;
		}
		Struct unmarked = unmarked(key);
		if (unmarked == key && headers == event.headers()) {
			return event;
		}
		return new SourceRecord(event.sourcePartition(), event.sourceOffset(), event.topic(), event.kafkaPartition(),
				unmarked.schema(), unmarked, event.valueSchema(), event.value(), event.timestamp(), headers);
	}

	private Headers headers(Headers headers) {
		if (KEY_HEADERS.stream().allMatch((name) -> headers.lastWithName(name) == null)) {
			return headers;
		}
		Headers unmarked = new ConnectHeaders();
		for (Header header : headers) {
			if (KEY_HEADERS.contains(header.key()) && header.value() instanceof Struct key) {
				Struct value = unmarked(key);
				unmarked.add(header.key(), value, value.schema());
			}
			else {
				unmarked.add(header);
			}
		}
		return unmarked;
	}

	private Struct unmarked(Struct key) {
		Schema schema = this.schemas.get(key.schema());
		if (schema == null) {
			schema = IdentityMark.without(key.schema());
			this.schemas.put(key.schema(), schema);
		}
		if (schema.equals(key.schema())) {
			return key;
		}
		Struct unmarked = new Struct(schema);
		for (Field field : schema.fields()) {
			unmarked.put(field, key.getWithoutDefault(field.name()));
		}
		return unmarked;
	}

}
