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
import java.util.Set;
import java.util.stream.Collectors;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.offset.CapturedKey;
import io.github.cdcspring.offset.CapturedRelation;
import org.jspecify.annotations.Nullable;

/**
 * How the captured tables differ from those that were recorded with the stored offset.
 *
 * @param offset the stored offset, {@link Lsn#ZERO} if there is none
 * @param changes the recorded tables that changes or rows may be missing of, or whose
 * changes may arrive with another key
 * @param added the tables that were not captured before
 */
public record RelationComparison(Lsn offset, List<RelationChange> changes, List<CapturedRelation> added) {

	/** Nothing to compare. */
	public static final RelationComparison NONE = new RelationComparison(Lsn.ZERO, List.of(), List.of());

	/**
	 * Compare.
	 * @param offset the stored offset, {@link Lsn#ZERO} if there is none
	 * @param recorded the tables that were captured up to this offset, empty if that is
	 * not known
	 * @param patterns the tables that listeners receive
	 * @param now the tables as the server has them
	 */
	public static RelationComparison of(Lsn offset, List<CapturedRelation> recorded, List<TablePattern> patterns,
			ServerRelations now) {
		if (recorded.isEmpty()) {
			return NONE;
		}
		List<RelationChange> changes = new ArrayList<>();
		for (CapturedRelation relation : recorded) {
			RelationChange change = change(relation, patterns, now);
			if (change != null) {
				changes.add(change);
			}
		}
		Set<Long> known = recorded.stream().map(CapturedRelation::oid).collect(Collectors.toSet());
		Set<TableId> replaced = changes.stream().map((change) -> change.recorded().table()).collect(Collectors.toSet());
		return new RelationComparison(offset, changes,
				now.captured()
					.stream()
					.filter((relation) -> !known.contains(relation.oid()) && !replaced.contains(relation.table()))
					.toList());
	}

	/**
	 * A table that no listener receives any more is not compared.
	 */
	private static @Nullable RelationChange change(CapturedRelation recorded, List<TablePattern> patterns,
			ServerRelations now) {
		ServerRelation same = now.find(recorded.oid()).orElse(null);
		boolean wanted = patterns.stream().anyMatch((pattern) -> pattern.matches(recorded.table()));
		if (!wanted && (same == null || !same.captured())) {
			return null;
		}
		if (same != null && same.relation().table().equals(recorded.table())) {
			return sameName(recorded, same);
		}
		CapturedRelation next = now.find(recorded.table()).map(ServerRelation::relation).orElse(null);
		if (next != null) {
			return new RelationChange(RelationChange.Kind.REPLACED, recorded, next, "");
		}
		return (same != null) ? new RelationChange(RelationChange.Kind.RENAMED, recorded, same.relation(), "")
				: new RelationChange(RelationChange.Kind.DROPPED, recorded, null, "");
	}

	private static @Nullable RelationChange sameName(CapturedRelation recorded, ServerRelation same) {
		RelationState before = RelationState.parse(recorded.state());
		if (!before.isKnown()) {
			return null;
		}
		String reason = reason(before, same);
		if (reason != null) {
			return new RelationChange(RelationChange.Kind.NOT_PUBLISHED, recorded, same.relation(), reason);
		}
		if (same.state().isRenamedSince(before)) {
			return new RelationChange(RelationChange.Kind.RENAMED, recorded, same.relation(), "");
		}
		return isKeyChanged(recorded.key(), same.relation().key())
				? new RelationChange(RelationChange.Kind.KEY_CHANGED, recorded, same.relation(), "") : null;
	}

	/**
	 * A key that the stream names is that of each change. A column that was renamed is
	 * still the same column.
	 */
	private static boolean isKeyChanged(@Nullable CapturedKey before, @Nullable CapturedKey now) {
		return before != null && now != null && !(before.streamed() && now.streamed())
				&& !before.numbers().equals(now.numbers());
	}

	private static @Nullable String reason(RelationState before, ServerRelation same) {
		if (!same.permanent()) {
			return "it is unlogged now";
		}
		if (!same.captured() && same.partition()) {
			return "it is a partition of another table now";
		}
		if (same.state().isPublishedSince(before)) {
			return null;
		}
		if (same.state().published() == null) {
			return "the publication does not cover it any more";
		}
		return same.state().mayHaveSetSameOptions(before)
				? "the publication was altered and has the same options as before: it had others or another "
						+ "name for a while, unless the same options were only set again"
				: "the publication was created again or altered, and did not cover it as before for a while";
	}

}
