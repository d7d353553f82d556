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

package io.github.cdcspring.internal.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.backfill.BackfillProgress;
import io.github.cdcspring.internal.debezium.KeyHistory;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.Publication;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.ServerRelations;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.internal.startup.check.Preflight;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;

/**
 * The captured tables of one engine from start to start: compares them with those that
 * were recorded, publishes new ones once the slot is this instance's, and records them.
 */
final class CapturedTables {

	private final EngineSettings settings;

	private final Preflight preflight;

	private final EngineLog log;

	private final NewTables newTables;

	private volatile List<CapturedRelation> last = List.of();

	private volatile @Nullable Lsn recoversFrom;

	CapturedTables(EngineSettings settings, List<ListenerEndpoint> listeners, Preflight preflight, EngineLog log) {
		this.settings = settings;
		this.newTables = new NewTables(settings, listeners, log);
		this.preflight = preflight;
		this.log = log;
	}

	/**
	 * Read and compare. Changes nothing.
	 */
	Found find(SourceState source, Connection connection, OffsetSession session) throws SQLException {
		List<CapturedRelation> recorded = recorded(source, session);
		ServerRelations now = this.preflight.relations(connection, recorded);
		return new Found(recorded, now, this.preflight.compare(offset(session), recorded, now));
	}

	/**
	 * Without an offset, the tables of the last run in this process still are those that
	 * the slot has sent.
	 */
	private List<CapturedRelation> recorded(SourceState source, OffsetSession session) {
		StoredOffset offset = session.current().orElse(null);
		if (offset != null) {
			OffsetOrigin origin = offset.origin();
			// The tables of another cluster have other OIDs, and its offset is refused
			// anyway
			boolean foreign = origin != null && !origin.systemIdentifier().equals(source.server().systemIdentifier());
			return foreign ? List.of() : session.relations();
		}
		return (source.slot() != null && !this.settings.snapshotMode().readsDataFirst()) ? this.last : List.of();
	}

	/**
	 * Publish the captured tables, and record them, together with the request to read the
	 * existing rows of those that are new. To be called when the offset is taken over: no
	 * other instance may receive from the slot any more.
	 * @param published whether this start has created the publication already
	 * @param decision what the start does about slot and offset
	 * @throws SQLTransientException if they changed since they were found
	 */
	Published publish(Found found, SourceState source, Connection connection, OffsetSession session, boolean published,
			StartDecision decision) throws SQLException {
		if (!recorded(source, session).equals(found.recorded) || !found.now.tableIds().equals(source.tableIds())) {
			throw changed();
		}
		Publication publication = new Publication(this.settings);
		ServerRelations now = found.now;
		if (publication.isToBeWritten(source)) {
			if (!published) {
				publication.cover(source, connection);
			}
			now = this.preflight.relations(connection, found.recorded);
			if (!now.isSameButPublished(found.now)) {
				throw changed();
			}
		}
		StartDecision.Recover recover = (decision instanceof StartDecision.Recover recovery) ? recovery : null;
		Set<TableId> unread = (recover != null) ? recovered(now, session)
				: unread(found, now, publication.missing(source), connection, session, source.slot() != null);
		StoredOffset offset = session.current().orElse(null);
		OffsetJson position = (offset != null) ? NewTables.add(unread, new OffsetJson(offset.position())) : null;
		if (recover != null && offset != null) {
			// The server may be a wrong one, so its tables are not recorded yet
			session.savePosition(new OffsetJson(offset.position())
				.withRecovery(source.server().systemIdentifier(), recover.otherHistory(), recover.forgetsProcessed())
				.text());
		}
		else {
			session.recordRelations(now.captured(), (position != null) ? position.withoutRecovery().text() : null);
		}
		this.last = now.captured();
		return new Published(now.captured(), found.keys(), (position != null) ? position.backfill() : List.of(),
				(offset != null) ? Set.of() : unread);
	}

	/**
	 * The tables whose existing rows are to be read alongside the stream.
	 */
	private Set<TableId> unread(Found found, ServerRelations now, Set<TableId> published, Connection connection,
			OffsetSession session, boolean hadSlot) throws SQLException {
		if (session.current().isEmpty() && this.settings.snapshotMode() == SnapshotMode.BACKFILL) {
			return received(now);
		}
		if (session.current().isEmpty() && (this.settings.snapshotMode().readsData() || !hadSlot)) {
			return Set.of();
		}
		// Without an offset, the tables of an earlier process are not known
		boolean known = session.current().isPresent() || !found.recorded.isEmpty();
		Set<TableId> unread = known ? this.newTables.toRead(found.comparison, published, now.tableIds(), connection)
				: Set.of();
		logAdded(found, now, published, session, unread);
		return unread;
	}

	private Set<TableId> received(ServerRelations now) {
		return now.captured()
			.stream()
			.map(CapturedRelation::table)
			.filter(this.newTables::isReceived)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/** The tables whose rows take the place of the changes that are given up. */
	private Set<TableId> recovered(ServerRelations now, OffsetSession session) {
		Set<TableId> read = received(now);
		Set<TableId> missed = now.captured()
			.stream()
			.map(CapturedRelation::table)
			.collect(Collectors.toCollection(TreeSet::new));
		missed.removeAll(read);
		Lsn from = offset(session);
		if (!from.equals(this.recoversFrom)) {
			// Not at each attempt
			this.recoversFrom = from;
			this.log.recovers(read, missed, from);
		}
		return read;
	}

	private static SQLTransientException changed() {
		return new SQLTransientException("the captured tables or their publication changed during the start");
	}

	/**
	 * Tables that were published before are received from the offset on, and those that
	 * this start publishes only from now on.
	 */
	private void logAdded(Found found, ServerRelations now, Set<TableId> published, OffsetSession session,
			Set<TableId> unread) {
		Set<TableId> known = found.comparison.added()
			.stream()
			.map(CapturedRelation::table)
			.collect(Collectors.toCollection(TreeSet::new));
		known.removeAll(published);
		this.log.added(published, now.readAt(), unread);
		this.log.added(known, offset(session), unread);
	}

	private static Lsn offset(OffsetSession session) {
		return session.current().map(StoredOffset::lsn).orElse(Lsn.ZERO);
	}

	/**
	 * What a start publishes.
	 *
	 * @param captured the captured tables
	 * @param keys the primary keys that they had, to which the run adds
	 * @param backfill the existing rows that are to be read, if there is an offset with
	 * which that is stored
	 * @param unread the tables whose existing rows are to be read, if there is no offset
	 * with which that is stored
	 */
	record Published(List<CapturedRelation> captured, KeyHistory keys, List<BackfillProgress> backfill,
			Set<TableId> unread) {

	}

	/**
	 * What a start found.
	 *
	 * @param recorded the tables that were captured before
	 * @param now the tables as the server has them
	 * @param comparison how they differ
	 */
	record Found(List<CapturedRelation> recorded, ServerRelations now, RelationComparison comparison) {

		/**
		 * The primary keys of the tables up to the stored offset, and now.
		 */
		KeyHistory keys() {
			KeyHistory keys = new KeyHistory();
			keys.seen(this.recorded, this.comparison.offset(), Lsn.ZERO);
			keys.seen(this.now.captured(), Lsn.ZERO, this.now.readAt());
			return keys;
		}

	}

}
