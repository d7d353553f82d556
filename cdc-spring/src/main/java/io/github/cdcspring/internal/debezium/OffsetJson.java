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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.backfill.BackfillProgress;
import io.github.cdcspring.offset.OffsetStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's offset as JSON text, as the offset store keeps it.
 *
 * @param text a JSON object
 */
public record OffsetJson(String text) {

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final String LSN = "lsn";

	private static final String COMMIT_LSN = "lsn_commit";

	private static final String BACKFILL = "cdc_backfill";

	/** A version that knows no conditions must not read all rows instead. */
	private static final String CONDITIONAL_BACKFILL = "cdc_backfill_where";

	static final String TIMELINE = "cdc_timeline";

	private static final String RECOVERY = "cdc_recovery";

	private static final String OTHER_HISTORY = "cdc_recovery_other_history";

	private static final String FORGETS_PROCESSED = "cdc_recovery_forgets_processed";

	private static final String GENERATION = "cdc_generation";

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
	 * Replace how far existing rows are read. Debezium does not look at it.
	 * @param backfill the tables that are not read to the end
	 * @return the offset
	 */
	public OffsetJson with(List<BackfillProgress> backfill) {
		ObjectNode offset = read();
		if (backfill.isEmpty() && !offset.has(BACKFILL) && !offset.has(CONDITIONAL_BACKFILL)) {
			return this;
		}
		offset.remove(List.of(BACKFILL, CONDITIONAL_BACKFILL));
		put(offset, BACKFILL, backfill.stream().filter((progress) -> progress.where().isEmpty()).toList());
		put(offset, CONDITIONAL_BACKFILL, backfill.stream().filter((progress) -> !progress.where().isEmpty()).toList());
		return new OffsetJson(offset.toString());
	}

	private static void put(ObjectNode offset, String name, List<BackfillProgress> backfill) {
		ArrayNode tables = JSON.createArrayNode();
		for (BackfillProgress progress : backfill) {
			ObjectNode table = tables.addObject();
			table.put("schema", progress.table().schema()).put("table", progress.table().name());
			if (progress.listener() != null) {
				table.put("listener", progress.listener());
			}
			table.put("requested", progress.requestedAt().toEpochMilli());
			table.put("rows", progress.rows());
			if (progress.paused()) {
				table.put("paused", true);
			}
			progress.columns().forEach(table.putArray("columns")::add);
			progress.values().forEach(table.putArray("values")::add);
			write(progress.where(), table);
		}
		if (!tables.isEmpty()) {
			// Kafka Connect allows no array in an offset
			offset.put(name, tables.toString());
		}
	}

	/**
	 * Return how far existing rows were read.
	 * @return the tables that were not read to the end, those with conditions last
	 */
	public List<BackfillProgress> backfill() {
		List<BackfillProgress> backfill = new ArrayList<>(backfill(BACKFILL));
		backfill.addAll(backfill(CONDITIONAL_BACKFILL));
		return backfill;
	}

	private List<BackfillProgress> backfill(String name) {
		List<BackfillProgress> backfill = new ArrayList<>();
		for (JsonNode table : parse(read().path(name).asText("[]"))) {
			backfill.add(new BackfillProgress(new TableId(table.path("schema").asText(), table.path("table").asText()),
					table.path("listener").asText(null), Instant.ofEpochMilli(table.path("requested").asLong()),
					table.path("rows").asLong(), table.path("paused").asBoolean(), texts(table.path("columns")),
					texts(table.path("values")), conditions(table.path("where"))));
		}
		return backfill;
	}

	private static void write(List<Condition> where, ObjectNode table) {
		if (!where.isEmpty()) {
			ArrayNode conditions = table.putArray("where");
			for (Condition condition : where) {
				ObjectNode object = conditions.addObject();
				object.put("column", condition.column()).put("operator", condition.operator());
				condition.values().forEach(object.putArray("values")::add);
			}
		}
	}

	private static List<Condition> conditions(JsonNode array) {
		List<Condition> conditions = new ArrayList<>();
		try {
			array.forEach((condition) -> conditions.add(new Condition(condition.path("column").asText(),
					condition.path("operator").asText(), texts(condition.path("values")))));
		}
		catch (IllegalArgumentException ex) {
			throw new OffsetStoreException("The stored offset has a condition of a backfill that this version does not "
					+ "know, so it cannot choose the rows. Start the version that stored it, or remove "
					+ CONDITIONAL_BACKFILL + " from the offset and request the backfill again.", ex);
		}
		return conditions;
	}

	/**
	 * Add where the timeline began. Debezium does not look at it.
	 */
	public OffsetJson withTimelineStart(@Nullable String start) {
		return (start != null) ? new OffsetJson(read().put(TIMELINE, start).toString()) : this;
	}

	/**
	 * Return where the timeline of the offset began, {@code null} if that is not known.
	 */
	public @Nullable String timelineStart() {
		return read().path(TIMELINE).asText(null);
	}

	/**
	 * Record on which server a recovery has begun. Debezium does not look at it.
	 * @param server the server
	 * @param otherHistory whether its history is known not to be that of the offset
	 * @param forgetsProcessed whether it forgets which events were processed
	 * @return the offset
	 */
	public OffsetJson withRecovery(String server, boolean otherHistory, boolean forgetsProcessed) {
		return new OffsetJson(read().put(RECOVERY, server)
			.put(OTHER_HISTORY, otherHistory)
			.put(FORGETS_PROCESSED, forgetsProcessed)
			.toString());
	}

	/**
	 * Record that no recovery has begun.
	 */
	public OffsetJson withoutRecovery() {
		ObjectNode offset = read();
		if (!offset.has(RECOVERY)) {
			return this;
		}
		offset.remove(List.of(RECOVERY, OTHER_HISTORY, FORGETS_PROCESSED));
		return new OffsetJson(offset.toString());
	}

	/**
	 * Return on which server a recovery has begun, {@code null} if none has.
	 */
	public @Nullable String recovery() {
		return read().path(RECOVERY).asText(null);
	}

	/**
	 * Return whether a recovery has begun on a server whose history is not that of the
	 * offset.
	 */
	public boolean recoversOnOtherHistory() {
		return read().path(OTHER_HISTORY).asBoolean();
	}

	/**
	 * Return whether a recovery has begun that forgets which events were processed.
	 */
	public boolean recoveryForgetsProcessed() {
		return read().path(FORGETS_PROCESSED).asBoolean();
	}

	/**
	 * Record which recovery the offset comes after. Debezium does not look at it.
	 * @param generation the recovery, 0 if there was none
	 */
	public OffsetJson withGeneration(long generation) {
		return (generation != 0) ? new OffsetJson(read().put(GENERATION, generation).toString()) : this;
	}

	/**
	 * Return which recovery the offset comes after: a later one has a greater number.
	 * @return the recovery, 0 if there was none
	 */
	public long generation() {
		return read().path(GENERATION).asLong();
	}

	private static List<String> texts(JsonNode array) {
		List<String> texts = new ArrayList<>();
		array.forEach((text) -> texts.add(text.asText()));
		return texts;
	}

	/**
	 * Return the offset at another LSN.
	 */
	public OffsetJson movedTo(Lsn lsn) {
		ObjectNode offset = read();
		if (!offset.has(COMMIT_LSN)) {
			return at(lsn).with(backfill()).withGeneration(generation());
		}
		offset.put(COMMIT_LSN, lsn.value());
		if (offset.path(LSN).isIntegralNumber()) {
			offset.put(LSN, lsn.value());
		}
		return new OffsetJson(offset.toString());
	}

	private ObjectNode read() {
		if (parse(this.text) instanceof ObjectNode object) {
			return object;
		}
		throw damaged(null);
	}

	private static JsonNode parse(String text) {
		try {
			return JSON.readTree(text);
		}
		catch (JsonProcessingException ex) {
			throw damaged(ex);
		}
	}

	private static OffsetStoreException damaged(@Nullable JsonProcessingException cause) {
		return new OffsetStoreException("The stored offset is damaged: its position is not a JSON object. "
				+ "Restore the offset, or remove it to start as cdc.snapshot.mode says.", cause);
	}

}
