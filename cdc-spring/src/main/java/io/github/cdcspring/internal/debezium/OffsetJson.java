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

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.cdcspring.Lsn;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.json.JsonConverterConfig;

/**
 * The text of a stored position, as Debezium writes and reads it.
 *
 * @param text a JSON object
 */
public record OffsetJson(String text) {

	private static final Pattern LSN = Pattern.compile("(?<!\\\\)\"(lsn|lsn_commit)\":-?\\d+");

	private static final Pattern COMPLETED = Pattern.compile("\"(?:last_snapshot_record|snapshot_completed)\":true");

	private static final Pattern TRANSACTION = Pattern.compile("\"txId\":\\d+");

	private static final JsonConverter JSON = json();

	private static JsonConverter json() {
		JsonConverter json = new JsonConverter();
		json.configure(Map.of(JsonConverterConfig.SCHEMAS_ENABLE_CONFIG, false), false);
		return json;
	}

	/**
	 * The position that an offset of Debezium stands for.
	 */
	static OffsetJson of(Map<String, ?> offset) {
		return new OffsetJson(new String(JSON.fromConnectData("", null, offset), StandardCharsets.UTF_8));
	}

	/**
	 * A position to stream from, with no snapshot.
	 */
	public static OffsetJson at(Lsn lsn) {
		return new OffsetJson("{\"lsn\":" + lsn.value() + ",\"lsn_commit\":" + lsn.value() + "}");
	}

	/**
	 * Whether a snapshot was not finished.
	 */
	public boolean isInSnapshot() {
		return this.text.contains("\"snapshot\":\"INITIAL\"") && !COMPLETED.matcher(this.text).find();
	}

	/**
	 * Whether rows are being read beside the stream.
	 */
	boolean isInIncrementalSnapshot() {
		return this.text.contains("\"" + SourceOffset.INCREMENTAL_SNAPSHOT + "\":");
	}

	/**
	 * Whether it was reported by an event of a transaction.
	 */
	boolean hasTransaction() {
		return TRANSACTION.matcher(this.text).find();
	}

	/**
	 * The same position elsewhere in the log; the progress of an incremental snapshot is
	 * kept.
	 */
	public OffsetJson movedTo(Lsn lsn) {
		if (!this.text.contains("\"lsn_commit\":")) {
			return at(lsn);
		}
		return new OffsetJson(LSN.matcher(this.text).replaceAll("\"$1\":" + lsn.value()));
	}

}
