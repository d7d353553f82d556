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

package io.github.cdcspring.internal.startup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * The source database at one moment, as far as a start depends on it.
 *
 * @param server the server
 * @param usage what is in use of the server's limits
 * @param session the session that read this
 * @param slot the engine's slot, {@code null} if it does not exist
 * @param publication the engine's publication, {@code null} if it does not exist
 * @param tables the captured tables, ordered by name
 * @param unmatched the listeners' table patterns that match no table
 */
public record SourceState(ServerState server, Usage usage, Session session, @Nullable SlotState slot,
		@Nullable PublicationState publication, List<CapturedTable> tables, List<TablePattern> unmatched) {

	/**
	 * The positions of server and slot, together with the stored offset.
	 * @param offset the stored offset, {@code null} if there is none
	 */
	public ReplicationState withOffset(@Nullable StoredOffset offset) {
		return new ReplicationState(this.server, this.slot, offset);
	}

	SourceState withSession(Session session) {
		return new SourceState(this.server, this.usage, session, this.slot, this.publication, this.tables,
				this.unmatched);
	}

	/**
	 * The names of the captured tables.
	 */
	public Set<TableId> tableIds() {
		return tableIds((table) -> true);
	}

	/**
	 * The names of some of the captured tables.
	 */
	public Set<TableId> tableIds(Predicate<CapturedTable> which) {
		return this.tables.stream()
			.filter(which)
			.map(CapturedTable::table)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * The columns of captured tables that the server does not send.
	 */
	public Map<TableId, List<String>> unsentColumns() {
		Map<TableId, List<String>> columns = new TreeMap<>();
		this.tables.forEach((table) -> columns.put(table.table(), table.columns().unsent()));
		return columns;
	}

	/**
	 * What is in use of a server's limits.
	 *
	 * @param slots the replication slots
	 * @param walSenders the WAL senders
	 */
	public record Usage(int slots, int walSenders) {

	}

	/** The columns of each captured table. */
	public Map<TableId, List<TableColumn>> columns() {
		Map<TableId, List<TableColumn>> columns = new LinkedHashMap<>();
		this.tables.forEach((table) -> columns.put(table.table(), table.columns().all()));
		return columns;
	}

	/**
	 * The session of an engine.
	 *
	 * @param role the role
	 * @param database the database
	 * @param encoding the encoding of the database
	 * @param replication whether the role can use replication slots
	 * @param createInDatabase whether the role has CREATE on the database
	 * @param pooled whether something between application and server hands out the
	 * server's connections
	 * @param searchPath the schemas in which the session looks for a table
	 * @param listsDecodingStates whether the role may list the files of
	 * {@link DecodingState}
	 * @param schemas the schema in which the session finds a table that a listener names
	 * without a schema, by the name of the table
	 */
	public record Session(String role, String database, String encoding, boolean replication, boolean createInDatabase,
			boolean pooled, List<String> searchPath, boolean listsDecodingStates, Map<String, String> schemas) {

		Session withReplication() {
			return new Session(this.role, this.database, this.encoding, true, this.createInDatabase, this.pooled,
					this.searchPath, this.listsDecodingStates, this.schemas);
		}

	}

}
