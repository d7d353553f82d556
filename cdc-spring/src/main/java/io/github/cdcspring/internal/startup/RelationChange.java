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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.CapturedRelation;
import org.jspecify.annotations.Nullable;

/**
 * A captured table that is not what it was when the offset was stored, so that changes or
 * rows of it may be missing, or arrive with another key.
 *
 * @param kind what happened to it
 * @param recorded the table as it was captured
 * @param now the table in its place, {@code null} if there is none
 * @param reason why it is not published, in words; empty for every other kind
 */
public record RelationChange(Kind kind, CapturedRelation recorded, @Nullable CapturedRelation now, String reason) {

	/**
	 * The text by which an operator accepts this one change: OIDs, and the offset, which
	 * does not move while the change is refused.
	 */
	public String token(Lsn offset) {
		String next = (this.now != null && this.now.oid() != this.recorded.oid()) ? "-" + this.now.oid() : "";
		return this.recorded.oid() + next + "@" + offset;
	}

	/** Whether a publication sent its changes up to the offset. */
	public boolean wasPublished() {
		return RelationState.parse(this.recorded.state()).published() != null;
	}

	/**
	 * What can happen to a captured table.
	 */
	public enum Kind {

		/** Another table has its name. */
		REPLACED,

		/** It does not exist any more. */
		DROPPED,

		/** It was renamed or moved to another schema, and perhaps back again. */
		RENAMED,

		/** The publication does not send its changes, or did not in between. */
		NOT_PUBLISHED,

		/**
		 * Its primary key consists of other columns, and the stream does not say since
		 * when.
		 */
		KEY_CHANGED

	}

}
