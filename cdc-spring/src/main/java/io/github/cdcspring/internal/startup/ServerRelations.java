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

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.offset.CapturedRelation;

/**
 * The tables that listeners receive and those that were captured before, as the server
 * has them at one moment.
 *
 * @param relations the tables, ordered by OID
 * @param readAt the server's position when they were read
 */
public record ServerRelations(List<ServerRelation> relations, Lsn readAt) {

	public ServerRelations {
		relations = List.copyOf(relations);
	}

	/**
	 * The tables that listeners receive.
	 */
	public List<CapturedRelation> captured() {
		return this.relations.stream().filter(ServerRelation::captured).map(ServerRelation::relation).toList();
	}

	/**
	 * The names of the tables that listeners receive.
	 */
	public Set<TableId> tableIds() {
		return captured().stream().map(CapturedRelation::table).collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * Whether these are the same captured tables, of which those that were not published
	 * may be published now.
	 */
	public boolean isSameButPublished(ServerRelations before) {
		return captured().size() == before.captured().size() && before.captured()
			.stream()
			.allMatch((relation) -> find(relation.oid()).filter((now) -> isSame(relation, now)).isPresent());
	}

	/**
	 * Whether these are the same captured tables, named and published in the same way.
	 * Their keys may differ.
	 */
	public boolean isSameButKeys(List<CapturedRelation> before) {
		return withoutKeys(captured()).equals(withoutKeys(before));
	}

	private static List<CapturedRelation> withoutKeys(List<CapturedRelation> relations) {
		return relations.stream()
			.map((relation) -> new CapturedRelation(relation.oid(), relation.table(), relation.state(), null))
			.toList();
	}

	private static boolean isSame(CapturedRelation before, ServerRelation now) {
		RelationState state = RelationState.parse(before.state());
		return now.captured() && before.table().equals(now.relation().table())
				&& (before.state().equals(now.relation().state())
						|| state.published() == null && state.named().equals(now.state().named()));
	}

	Optional<ServerRelation> find(long oid) {
		return this.relations.stream().filter((relation) -> relation.relation().oid() == oid).findFirst();
	}

	Optional<ServerRelation> find(TableId table) {
		return this.relations.stream().filter((relation) -> relation.relation().table().equals(table)).findFirst();
	}

}
