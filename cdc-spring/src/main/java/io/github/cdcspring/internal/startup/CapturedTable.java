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

import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.TableColumn;

/**
 * A table that listeners receive, as the server has it.
 *
 * @param table the table
 * @param partitioned whether it has partitions
 * @param rights what the engine's role can do with it
 * @param relatives the tables that it is related to
 * @param columns its columns
 * @param parts the table itself and its leaf partitions whose changes are in the WAL
 */
public record CapturedTable(TableId table, boolean partitioned, Rights rights, Relatives relatives, Columns columns,
		List<Part> parts) {

	/**
	 * The tables that it is a partition of, the nearest first.
	 */
	public List<TableId> ancestors() {
		return this.relatives.ancestors;
	}

	/**
	 * The tables that inherit from it, directly or not, and are no partitions.
	 */
	public List<TableId> heirs() {
		return this.relatives.heirs;
	}

	/**
	 * The tables that Debezium cannot tell from it, because schema and name, with a dot
	 * in between, are the same text.
	 */
	public List<TableId> namesakes() {
		return this.relatives.namesakes;
	}

	/**
	 * Its leaf partitions whose changes are not in the WAL: unlogged and foreign tables.
	 */
	public List<TableId> unlogged() {
		return this.relatives.unlogged;
	}

	/**
	 * The tables that hold its published rows: itself, or its leaf partitions.
	 */
	public List<TableId> leaves() {
		return this.parts.stream().filter(Part::leaf).map(Part::table).toList();
	}

	/**
	 * Those of its leaves whose rows UPDATE and DELETE cannot identify once they are
	 * published.
	 */
	public List<TableId> withoutIdentity() {
		return this.parts.stream()
			.filter((part) -> part.leaf() && !part.fullIdentity() && part.identity().isEmpty())
			.map(Part::table)
			.toList();
	}

	/**
	 * The columns that the server sends of a deleted row, whichever leaf holds it. A leaf
	 * without replica identity has no deletes once they are published.
	 */
	public List<String> sentOfDeletedRows() {
		List<String> columns = new ArrayList<>(this.columns.sent().stream().map(TableColumn::name).toList());
		this.parts.stream()
			.filter((part) -> part.leaf() && !part.fullIdentity() && !part.identity().isEmpty())
			.forEach((part) -> columns.retainAll(part.identity()));
		return columns;
	}

	/**
	 * Those of its parts that do not have {@code REPLICA IDENTITY FULL}.
	 */
	public List<TableId> withoutFullIdentity() {
		return this.parts.stream().filter((part) -> !part.fullIdentity()).map(Part::table).toList();
	}

	/**
	 * Whether the table itself has {@code REPLICA IDENTITY FULL}, so that the server
	 * sends the whole row before a change.
	 */
	public boolean hasFullIdentity() {
		return this.parts.stream().anyMatch((part) -> part.table().equals(this.table) && part.fullIdentity());
	}

	/**
	 * Those of its leaves whose replica identity lacks columns of the key, so that the
	 * server does not send the key of a deleted row, nor a former key.
	 */
	public List<TableId> withIncompleteKey() {
		return this.parts.stream().filter((part) -> part.leaf() && part.incompleteKey()).map(Part::table).toList();
	}

	/**
	 * Whether a part of the table has an incomplete key.
	 * @return {@code true} if {@link #withIncompleteKey()} is not empty
	 */
	public boolean hasIncompleteKey() {
		return !withIncompleteKey().isEmpty();
	}

	/**
	 * Those of its leaves whose replica identity contains a stored generated column.
	 */
	public List<TableId> withStoredIdentity() {
		return this.parts.stream().filter((part) -> part.leaf() && part.storedIdentity()).map(Part::table).toList();
	}

	/**
	 * Those of its leaves whose replica identity contains a virtual generated column.
	 */
	public List<TableId> withVirtualIdentity() {
		return this.parts.stream().filter((part) -> part.leaf() && part.virtualIdentity()).map(Part::table).toList();
	}

	/**
	 * The tables that a table is related to.
	 *
	 * @param ancestors the tables that it is a partition of, the nearest first
	 * @param heirs the tables that inherit from it, directly or not, and are no
	 * partitions
	 * @param namesakes the tables whose qualified name is the same text
	 * @param unlogged its leaf partitions whose changes are not in the WAL
	 */
	public record Relatives(List<TableId> ancestors, List<TableId> heirs, List<TableId> namesakes,
			List<TableId> unlogged) {

	}

	/**
	 * What the engine's role can do with a table.
	 *
	 * @param schemaUsable whether it has USAGE on the schema
	 * @param readable whether it can read every column
	 * @param owned whether it has the rights of the owner
	 * @param rowSecurity whether row security may hide rows from it
	 */
	public record Rights(boolean schemaUsable, boolean readable, boolean owned, boolean rowSecurity) {

	}

	/**
	 * The columns of a table.
	 *
	 * @param all the columns in their order, empty if they were not read
	 * @param unsent the columns that the server does not send, because they are generated
	 * or not in the column list of the publication
	 * @param unsentKey the generated columns among them that belong to the primary key
	 */
	public record Columns(List<TableColumn> all, List<String> unsent, List<String> unsentKey) {

		/**
		 * The columns that the server sends.
		 */
		public List<TableColumn> sent() {
			return this.all.stream().filter((column) -> !this.unsent.contains(column.name())).toList();
		}

	}

	/**
	 * The table itself or one of its leaf partitions.
	 *
	 * @param table the table
	 * @param leaf whether it holds rows
	 * @param fullIdentity whether it has {@code REPLICA IDENTITY FULL}
	 * @param identity the columns of the index that is its replica identity, empty if
	 * none is
	 * @param incompleteKey whether its replica identity lacks columns of the primary key,
	 * or of the unique index that stands in for it
	 * @param storedIdentity whether the server refuses updates and deletes unless stored
	 * generated columns are published, because one is part of its replica identity
	 * @param virtualIdentity whether the server refuses updates and deletes once the
	 * table is published, because a virtual generated column is part of its replica
	 * identity
	 */
	public record Part(TableId table, boolean leaf, boolean fullIdentity, List<String> identity, boolean incompleteKey,
			boolean storedIdentity, boolean virtualIdentity) {

	}

}
