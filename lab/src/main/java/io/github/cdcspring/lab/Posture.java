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

package io.github.cdcspring.lab;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Who is authoritative for the position after a failover, with a slot that survives it.
 */
enum Posture {

	/** The stored offset. */
	OFFSET("connector", "trust_offset"),

	/** The slot. */
	SLOT("connector_and_driver", "trust_slot"),

	/** Whichever is further. */
	BOTH("connector_and_driver", "trust_greater_lsn"),

	/** The slot, and no offset is stored. */
	MEMORY("connector_and_driver", "trust_slot", "--cdc.offset.store=memory");

	private final String flushMode;

	private final String strategy;

	private final List<String> further;

	Posture(String flushMode, String strategy, String... further) {
		this.flushMode = flushMode;
		this.strategy = strategy;
		this.further = List.of(further);
	}

	/** The settings of the application. */
	List<String> arguments() {
		return Stream
			.concat(Stream.of("--cdc.lsn-flush-mode=" + this.flushMode,
					"--cdc.offset-mismatch-strategy=" + this.strategy), this.further.stream())
			.toList();
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
