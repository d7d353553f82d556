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

import java.sql.SQLException;
import java.util.Map;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * Where a timeline began. Two servers that are promoted independently of each other give
 * their timelines the same number.
 *
 * @param timeline the timeline, above 1
 * @param lsn where it left its parent
 * @see <a href=
 * "https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES">PostgreSQL:
 * timelines</a>
 */
public record TimelineStart(int timeline, Lsn lsn) {

	/**
	 * Read where the timeline of a server began.
	 * @param timeline the timeline
	 * @param history where its ancestors end
	 * @return the start, {@code null} for the first timeline, and if the server does not
	 * have the history
	 * @throws SQLException if the history cannot be read
	 */
	public static @Nullable TimelineStart of(int timeline, TimelineHistory history) throws SQLException {
		return of(timeline, endsBefore(timeline, history));
	}

	private static @Nullable TimelineStart of(int timeline, Map<Integer, Lsn> ends) {
		return ends.entrySet()
			.stream()
			.filter((ancestor) -> ancestor.getKey() < timeline)
			.max(Map.Entry.comparingByKey())
			.map((parent) -> new TimelineStart(timeline, parent.getValue()))
			.orElse(null);
	}

	/**
	 * Read where the ancestors of a timeline end.
	 * @param timeline the timeline
	 * @param history where its ancestors end
	 * @return the ends, empty for the first timeline, and if the server does not have the
	 * history
	 * @throws SQLException if the history cannot be read
	 */
	public static Map<Integer, Lsn> endsBefore(int timeline, TimelineHistory history) throws SQLException {
		if (timeline == 1) {
			return Map.of();
		}
		try {
			return history.endsBefore(timeline);
		}
		catch (SQLException ex) {
			if (SqlState.is(ex, SqlState.UNDEFINED_FILE)) {
				return Map.of();
			}
			throw ex;
		}
	}

	/**
	 * Parse the text that {@link #toString()} returns.
	 */
	static TimelineStart parse(String text) {
		int at = text.indexOf('@');
		return new TimelineStart(Integer.parseInt(text.substring(0, at)), Lsn.parse(text.substring(at + 1)));
	}

	/**
	 * Whether a server has a timeline of this number that began elsewhere.
	 * @param current the timeline of the server
	 */
	boolean isOtherThanIn(int current, TimelineHistory history) throws SQLException {
		if (this.timeline > current) {
			return false;
		}
		Map<Integer, Lsn> ends = endsBefore(current, history);
		boolean known = this.timeline == current || ends.containsKey(this.timeline);
		TimelineStart start = known ? of(this.timeline, ends) : null;
		return start != null && !start.equals(this);
	}

	@Override
	public String toString() {
		return this.timeline + "@" + this.lsn;
	}

}
