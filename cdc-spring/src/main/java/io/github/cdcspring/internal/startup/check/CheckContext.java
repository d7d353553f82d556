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

import java.util.List;
import java.util.TreeSet;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.settings.EngineSettings;

/**
 * What is judged: an engine, what it wants of the server, and the server.
 *
 * @param engine the engine
 * @param needs what it wants
 * @param server what is there
 */
record CheckContext(EngineSettings engine, ServerNeeds needs, ServerFacts server) {

	SettingNames settings() {
		return new SettingNames(this.engine);
	}

	String slotName() {
		return this.engine.slot().name();
	}

	String publicationName() {
		return this.engine.publication().name();
	}

	List<TableId> listened() {
		return this.server.tables().stream().map(TableFacts::table).toList();
	}

	/**
	 * Whether the starter is about to write the publication's list of tables.
	 */
	boolean isPublicationToBeWritten() {
		PublicationFacts publication = this.server.publication();
		if (!this.engine.publication().create()) {
			return false;
		}
		return publication == null || !publication.allTables() && !this.needs.tables().isEmpty()
				&& !publication.covered().equals(new TreeSet<>(listened()));
	}

	/**
	 * The statement that writes the publication as the starter would.
	 */
	String publicationStatement() {
		String name = SqlQuoting.identifier(publicationName());
		String tables = TableNames.sql(listened());
		if (this.server.publication() != null) {
			return "ALTER PUBLICATION " + name + " SET TABLE " + tables + ";";
		}
		return "CREATE PUBLICATION " + name + (tables.isEmpty() ? "" : " FOR TABLE " + tables)
				+ " WITH (publish_via_partition_root = true);";
	}

}
