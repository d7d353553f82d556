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

import java.time.Instant;
import java.util.List;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.startup.check.ConnectorPosition;
import org.jspecify.annotations.Nullable;

/**
 * What was read of the connector that fills the topics.
 *
 * @param status its state, {@code null} if it is not known or there is no such connector
 * @param position the slot and the offset of Kafka Connect, {@code null} if they are not
 * known or Kafka Connect has no offset
 * @param onRestart what a restart of the application would do, {@code null} if that is
 * not known
 * @param refused why a restart of the application would be refused
 * @param problem why slot and offset cannot be read now, {@code null} if they can
 * @param readAt when they were read last, {@code null} if they never were
 */
public record ConnectorReading(@Nullable ConnectorStatus status, @Nullable ConnectorPosition position,
		@Nullable String onRestart, List<Violation> refused, @Nullable String problem, @Nullable Instant readAt) {

	/** Nothing is known. */
	static final ConnectorReading UNKNOWN = new ConnectorReading(null, null, null, List.of(), null, null);

	ConnectorReading withStatus(@Nullable ConnectorStatus status) {
		return new ConnectorReading(status, this.position, this.onRestart, this.refused, this.problem, this.readAt);
	}

	ConnectorReading withPreview(ConnectorPreview preview) {
		return new ConnectorReading(this.status, preview.position(), preview.onRestart(), preview.refused(), null,
				Instant.now());
	}

	/** The position that was read last remains, and what was found wrong. */
	ConnectorReading withProblem(String problem) {
		return new ConnectorReading(this.status, this.position, null, this.refused, problem, this.readAt);
	}

}
