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

package io.github.cdcspring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.github.cdcspring.settings.OffsetStoreType;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationUnit;

/**
 * Configuration properties of the stored offset: {@code cdc.offset}.
 *
 * @since 0.1.0
 */
public class CdcOffsetProperties {

	/**
	 * Where the offset is stored. By default 'jdbc' if the application has a DataSource,
	 * otherwise 'file'.
	 */
	private @Nullable OffsetStoreType store;

	/**
	 * Maximum time between processing an event and storing its offset. If a duration
	 * suffix is not specified, seconds are used.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private Duration flushInterval = Duration.ofSeconds(1);

	private final File file = new File();

	private final Jdbc jdbc = new Jdbc();

	public @Nullable OffsetStoreType getStore() {
		return this.store;
	}

	public void setStore(@Nullable OffsetStoreType store) {
		this.store = store;
	}

	public Duration getFlushInterval() {
		return this.flushInterval;
	}

	public void setFlushInterval(Duration flushInterval) {
		this.flushInterval = flushInterval;
	}

	public File getFile() {
		return this.file;
	}

	public Jdbc getJdbc() {
		return this.jdbc;
	}

	/**
	 * Offset in a file.
	 */
	public static class File {

		/**
		 * File that stores the offset. It must outlive the application; a further engine
		 * appends its own name.
		 */
		private Path path = Path.of("cdc-offset");

		public Path getPath() {
			return this.path;
		}

		public void setPath(Path path) {
			this.path = path;
		}

	}

	/**
	 * Offset in a table.
	 */
	public static class Jdbc {

		/**
		 * Name of the table that stores the offset, optionally with its schema.
		 */
		private String table = "cdc_offset";

		/**
		 * Whether to create the table if it does not exist.
		 */
		private boolean createTable = true;

		public String getTable() {
			return this.table;
		}

		public void setTable(String table) {
			this.table = table;
		}

		public boolean isCreateTable() {
			return this.createTable;
		}

		public void setCreateTable(boolean createTable) {
			this.createTable = createTable;
		}

	}

}
