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

package io.github.cdcspring.internal.kafka;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How many partitions a topic had when a group committed, as the metadata of the commit.
 */
final class PartitionCount {

	private static final String PREFIX = "partitions=";

	private PartitionCount() {
	}

	static OffsetAndMetadata commit(long offset, int partitions) {
		return new OffsetAndMetadata(offset, PREFIX + partitions);
	}

	/**
	 * Read what was committed.
	 * @return the number, {@code null} if another program has committed, or nothing is
	 */
	static @Nullable Integer of(@Nullable OffsetAndMetadata committed) {
		String metadata = (committed != null) ? committed.metadata() : "";
		if (!metadata.startsWith(PREFIX)) {
			return null;
		}
		try {
			return Integer.valueOf(metadata.substring(PREFIX.length()));
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
