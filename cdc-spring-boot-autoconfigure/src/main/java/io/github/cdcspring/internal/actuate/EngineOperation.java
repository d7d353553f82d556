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
import java.util.Optional;
import java.util.Set;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.kafka.KafkaCdcEngine;
import io.github.cdcspring.internal.support.ConditionParser;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.LowerCase;
import org.jspecify.annotations.Nullable;

/**
 * Operations on an engine.
 */
enum EngineOperation {

	PAUSE {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			engine.pause();
			return (engine instanceof KafkaCdcEngine)
					? "Paused. Other instances take its partitions over. If there are none, the topics keep events for "
							+ "their retention time only."
					: "Paused. The server retains WAL for the slot until the engine is resumed.";
		}

	},

	RESUME {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			engine.resume();
			return started(engine, "Resumed");
		}

	},

	RESTART {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			engine.restart();
			return started(engine, "Restarted");
		}

	},

	RECOVER {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			engine.recover();
			EngineState state = engine.status().state();
			if (engine instanceof EmbeddedCdcEngine embedded && embedded.hasBegunRecovery()) {
				return started(engine, "The recovery has begun") + missed(engine);
			}
			return (state == EngineState.STARTING || state == EngineState.RUNNING)
					? started(engine, "The cause of the refusal is gone, so nothing is recovered")
					: started(engine, "The recovery is requested but has not begun")
							+ " The request is lost if the application stops.";
		}

		private static String missed(SupervisedCdcEngine engine) {
			Set<TableId> missed = (engine instanceof EmbeddedCdcEngine embedded) ? embedded.tablesWithoutRows()
					: Set.of();
			return missed.isEmpty() ? "" : " No listener receives READ events of " + LogSafe.tables(missed)
					+ ", so nothing of their missing changes is delivered.";
		}

	},

	ADVANCE {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			return "The slot advances to " + engine.advance(parse(arguments.lsn()))
					+ ", which is never past what is processed and stored.";
		}

	},

	BACKFILL {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			engine.backfill()
				.start(new CdcBackfill.Request(arguments.tables(), arguments.listener(), arguments.conditions()));
			return "The engine delivers the existing rows in parallel with the changes, as events of the operation READ.";
		}

	},

	PAUSE_BACKFILL {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			engine.backfill().pause(arguments.names());
			return "The engine reads no further existing rows of these tables until that is resumed.";
		}

	},

	RESUME_BACKFILL {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			engine.backfill().resume(arguments.names());
			return "The engine continues to read the existing rows of these tables.";
		}

	},

	CANCEL_BACKFILL {

		@Override
		String run(SupervisedCdcEngine engine, Arguments arguments) {
			engine.backfill().cancel(arguments.names());
			return "The engine reads no further existing rows of these tables.";
		}

	};

	static Optional<EngineOperation> of(String name) {
		return Arrays.stream(values()).filter((operation) -> operation.path().equals(name)).findFirst();
	}

	String path() {
		return LowerCase.of(this).replace('_', '-');
	}

	/**
	 * Run the operation.
	 * @return what was done, in a sentence
	 * @throws io.github.cdcspring.CdcException if the engine's state does not allow it
	 * @throws IllegalArgumentException if an argument is missing or wrong
	 */
	abstract String run(SupervisedCdcEngine engine, Arguments arguments);

	private static Lsn parse(@Nullable String lsn) {
		if (lsn == null) {
			throw new IllegalArgumentException(
					"Parameter 'lsn' is missing. Give the LSN to advance the slot to, as in \"lsn\": \"0/16B3748\".");
		}
		try {
			return Lsn.parse(lsn);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("'" + LogSafe.of(lsn) + "' is not an LSN. Give one like 0/16B3748.");
		}
	}

	private static String started(SupervisedCdcEngine engine, String how) {
		String failure = engine.status().failure();
		return how + ", and now " + engine.status().state() + ((failure != null) ? ": " + failure : ".");
	}

	/**
	 * What an operation needs.
	 *
	 * @param lsn an LSN, {@code null} if none is given
	 * @param tables names of tables, none if none are given
	 * @param listener the id of a listener, {@code null} if none is given
	 * @param where conditions on rows, {@code null} if none are given
	 */
	record Arguments(@Nullable String lsn, List<String> tables, @Nullable String listener, @Nullable String where) {

		private List<CdcBackfill.Condition> conditions() {
			return (this.where != null) ? ConditionParser.parse(this.where) : List.of();
		}

		/** Pausing, resuming and canceling concern all requests for a table. */
		private String[] names() {
			if (this.where != null || this.listener != null) {
				throw new IllegalArgumentException("The operation concerns all requests for a table, and takes neither "
						+ "'where' nor 'listener'. Give 'tables' only.");
			}
			return this.tables.toArray(String[]::new);
		}

	}

}
