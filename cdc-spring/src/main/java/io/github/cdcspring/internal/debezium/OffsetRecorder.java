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

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.backfill.Backfill;
import io.github.cdcspring.internal.backfill.BackfillSave;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.offset.StoredOffset;

/**
 * Stores offsets, each together with how far existing rows are read. What is stored later
 * was read later, so no request is lost.
 */
public final class OffsetRecorder {

	private final OffsetSession session;

	private final Backfill backfill;

	private final long generation;

	private boolean closed;

	/**
	 * Create a recorder.
	 * @param session the offset session
	 * @param backfill the tables whose existing rows are to be read
	 */
	public OffsetRecorder(OffsetSession session, Backfill backfill) {
		this.session = session;
		this.backfill = backfill;
		this.generation = session.current().map((offset) -> new OffsetJson(offset.position()).generation()).orElse(0L);
	}

	private void requireOpen() {
		if (this.closed) {
			throw new CdcException("The engine has stopped, so nothing more can be stored. Restart it first.");
		}
	}

	/** Store nothing more: the store may belong to another instance. */
	public synchronized void close() {
		this.closed = true;
	}

	/** Store an offset. */
	synchronized void save(SourceOffset processed) {
		requireOpen();
		BackfillSave progress = this.backfill.save();
		OffsetJson position = OffsetJson.of(processed.offset())
			.with(progress.progress())
			.withTimelineStart(this.session.timelineStart())
			.withGeneration(this.generation);
		this.session.save(processed.lsn(), position.text(), processed.transactionId());
		progress.stored();
	}

	/**
	 * Store how far existing rows are read with the offset as it is, unless that is
	 * stored already.
	 * @return {@code false} if there is no offset yet
	 * @throws CdcException if the recorder is closed
	 */
	public synchronized boolean saveBackfill() {
		requireOpen();
		StoredOffset offset = this.session.current().orElse(null);
		if (offset == null) {
			return false;
		}
		BackfillSave progress = this.backfill.save();
		OffsetJson stored = new OffsetJson(offset.position());
		OffsetJson now = stored.with(progress.progress());
		if (!now.equals(stored)) {
			this.session.savePosition(now.text());
		}
		progress.stored();
		return true;
	}

}
