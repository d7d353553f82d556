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

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.startup.check.ConnectorPosition;
import org.jspecify.annotations.Nullable;

/**
 * What a start of the application would find of the connector now.
 *
 * @param position the slot and the offset of Kafka Connect, {@code null} if it has none
 * @param refused why the start would be refused, empty if it would not
 * @param creates whether the start would create the connector
 * @param changes the properties of the connector that the start would set
 */
record ConnectorPreview(@Nullable ConnectorPosition position, List<Violation> refused, boolean creates,
		Set<String> changes) {

	ConnectorPreview {
		refused = List.copyOf(refused);
		changes = Set.copyOf(changes);
	}

	/** The same start, which is refused for these reasons, too. */
	ConnectorPreview refusedToo(List<Violation> further) {
		return new ConnectorPreview(this.position, Stream.concat(this.refused.stream(), further.stream()).toList(),
				this.creates, this.changes);
	}

	/**
	 * What a restart of the application would do.
	 * @return a sentence
	 */
	String onRestart() {
		if (!this.refused.isEmpty()) {
			return this.refused.stream()
				.map((violation) -> "[" + violation.rule() + "]: " + violation.problem() + " " + violation.action())
				.collect(Collectors.joining(" And ", "Is refused ", ""));
		}
		if (this.creates) {
			return "Creates the connector. Continues at the committed offsets.";
		}
		String changes = this.changes.stream().sorted().collect(Collectors.joining(", "));
		return (changes.isEmpty() ? "" : "Changes " + changes + " of the connector. ")
				+ "Continues at the committed offsets.";
	}

}
