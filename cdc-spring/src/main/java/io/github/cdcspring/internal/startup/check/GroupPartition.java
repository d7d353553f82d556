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

package io.github.cdcspring.internal.startup.check;

import org.jspecify.annotations.Nullable;

/**
 * A partition and what the consumer group has committed for it.
 *
 * @param topic the topic
 * @param partition the number of the partition
 * @param committed the committed offset, {@code null} if there is none
 * @param beginning the offset of the first record
 * @param end the offset after the last record
 * @param partitionsAtCommit how many partitions the topic had when the group committed,
 * {@code null} if that is not known
 */
public record GroupPartition(String topic, int partition, @Nullable Long committed, long beginning, long end,
		@Nullable Integer partitionsAtCommit) {

	/**
	 * Whether the group has received from the partition, but not everything that it has.
	 */
	boolean hasLag() {
		return this.committed != null && Math.max(this.committed, this.beginning) < this.end;
	}

	/** Whether it has events, of which the group has received none. */
	boolean isUnknown() {
		return this.committed == null && this.beginning < this.end;
	}

	/** Whether events were removed before the group received them. */
	boolean hasExpired() {
		return this.committed != null && this.committed < this.beginning;
	}

	boolean isOutOfRange() {
		return this.committed != null && (this.committed < this.beginning || this.committed > this.end);
	}

}
