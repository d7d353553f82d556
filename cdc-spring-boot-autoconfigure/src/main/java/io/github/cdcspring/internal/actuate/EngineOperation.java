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

package io.github.cdcspring.internal.actuate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may have an engine do.
 */
enum EngineOperation {

	PAUSE {

		@Override
		String run(EmbeddedCdcEngine engine, @Nullable String lsn, List<String> tables) {
			engine.pause();
			return "Paused. The server keeps WAL for the slot until it is resumed.";
		}

	},

	RESUME {

		@Override
		String run(EmbeddedCdcEngine engine, @Nullable String lsn, List<String> tables) {
			engine.resume();
			return started(engine, "Resumed");
		}

	},

	RESTART {

		@Override
		String run(EmbeddedCdcEngine engine, @Nullable String lsn, List<String> tables) {
			engine.restart();
			return started(engine, "Restarted");
		}

	},

	ADVANCE {

		@Override
		String run(EmbeddedCdcEngine engine, @Nullable String lsn, List<String> tables) {
			return "The slot will stand at " + engine.advance(WritableCdcEndpoint.lsn(lsn))
					+ ": never past what is handled and stored.";
		}

	},

	SNAPSHOT {

		@Override
		String run(EmbeddedCdcEngine engine, @Nullable String lsn, List<String> tables) {
			engine.snapshot(tables);
			return "The existing rows come beside the changes, as events of the operation READ.";
		}

	};

	static Optional<EngineOperation> of(String name) {
		return Arrays.stream(values())
			.filter((operation) -> operation.name().toLowerCase(Locale.ROOT).equals(name))
			.findFirst();
	}

	/**
	 * Do it.
	 * @return what came of it, in words
	 * @throws io.github.cdcspring.CdcException if it cannot be done as things are
	 * @throws IllegalArgumentException if it was not said what to do
	 */
	abstract String run(EmbeddedCdcEngine engine, @Nullable String lsn, List<String> tables);

	private static String started(EmbeddedCdcEngine engine, String how) {
		String failure = engine.status().failure();
		return how + ", and now " + engine.status().state() + ((failure != null) ? ": " + failure : ".");
	}

}
