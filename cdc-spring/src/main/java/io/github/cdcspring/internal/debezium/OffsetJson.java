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

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.OffsetStoreException;

/**
 * Debezium's offset as JSON text, as the offset store keeps it.
 *
 * @param text a JSON object
 */
public record OffsetJson(String text) {

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final String LSN = "lsn";

	private static final String COMMIT_LSN = "lsn_commit";

	/**
	 * Write an offset of Debezium.
	 */
	static OffsetJson of(Map<String, ?> offset) {
		return new OffsetJson(JSON.valueToTree(offset).toString());
	}

	/**
	 * Return an offset to stream from, without a snapshot.
	 */
	public static OffsetJson at(Lsn lsn) {
		return new OffsetJson(JSON.createObjectNode().put(LSN, lsn.value()).put(COMMIT_LSN, lsn.value()).toString());
	}

	/**
	 * Return whether a snapshot was not completed.
	 */
	public boolean isInSnapshot() {
		ObjectNode offset = read();
		return "INITIAL".equals(offset.path("snapshot").asText()) && !offset.path("last_snapshot_record").asBoolean()
				&& !offset.path("snapshot_completed").asBoolean();
	}

	/**
	 * Return whether an incremental snapshot was not completed.
	 */
	boolean isInIncrementalSnapshot() {
		return read().has(SourceOffset.INCREMENTAL_SNAPSHOT);
	}

	/**
	 * Return whether an event of a transaction reported the offset.
	 */
	boolean hasTransaction() {
		return read().path("txId").isIntegralNumber();
	}

	/**
	 * Return the offset at another LSN. It keeps the progress of an incremental snapshot.
	 */
	public OffsetJson movedTo(Lsn lsn) {
		ObjectNode offset = read();
		if (!offset.has(COMMIT_LSN)) {
			return at(lsn);
		}
		offset.put(COMMIT_LSN, lsn.value());
		if (offset.path(LSN).isIntegralNumber()) {
			offset.put(LSN, lsn.value());
		}
		return new OffsetJson(offset.toString());
	}

	private ObjectNode read() {
		JsonNode offset = null;
		JsonProcessingException failure = null;
		try {
			offset = JSON.readTree(this.text);
		}
		catch (JsonProcessingException ex) {
			failure = ex;
		}
		if (offset instanceof ObjectNode object) {
			return object;
		}
		throw new OffsetStoreException("The stored offset is damaged: its position is not a JSON object. "
				+ "Restore the offset, or remove it to start as cdc.snapshot.mode says.", failure);
	}

}
