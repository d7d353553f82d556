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

package io.github.cdcspring.internal.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.startup.check.StarterTable;
import io.github.cdcspring.internal.support.JdbcTable;
import io.github.cdcspring.internal.support.StoreException;
import io.github.cdcspring.internal.support.TableSetupException;
import org.jspecify.annotations.Nullable;

/**
 * What a start cannot read or write, so that it can name all at once.
 */
final class StoreFailures {

	private final Connection source;

	private final List<StoreException> failures = new ArrayList<>();

	/**
	 * Create an empty collection.
	 * @param source a connection to the source database
	 */
	StoreFailures(Connection source) {
		this.source = source;
	}

	<T> @Nullable T collect(Supplier<T> action) {
		try {
			return action.get();
		}
		catch (StoreException ex) {
			this.failures.add(ex);
			return null;
		}
	}

	void collect(Runnable action) {
		collect(() -> {
			action.run();
			return action;
		});
	}

	boolean isEmpty() {
		return this.failures.isEmpty();
	}

	StoreException first() {
		return this.failures.get(0);
	}

	void suppressIn(StartRefusedException refusal) {
		this.failures.forEach(refusal::addSuppressed);
	}

	/**
	 * The tables that a superuser can make usable.
	 */
	List<StarterTable> unusableTables() throws SQLException {
		List<StarterTable> tables = new ArrayList<>();
		String database = JdbcTable.database(this.source);
		for (StoreException failure : this.failures) {
			if (failure.getCause() instanceof TableSetupException setup) {
				tables.add(new StarterTable(setup.problem(), setup.statements(), database.equals(setup.database())));
			}
		}
		return tables;
	}

}
