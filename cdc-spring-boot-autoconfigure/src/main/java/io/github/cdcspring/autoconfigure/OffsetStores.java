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
import java.util.LinkedHashMap;
import java.util.Map;

import javax.sql.DataSource;

import io.github.cdcspring.offset.FileOffsetStore;
import io.github.cdcspring.offset.JdbcOffsetStore;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OffsetStoreType;
import org.jspecify.annotations.Nullable;

/**
 * Creates the offset store of each engine. An application's own store takes precedence.
 * Files are closed with the application context, after the engines have stopped.
 */
class OffsetStores implements AutoCloseable {

	private final @Nullable OffsetStore bean;

	private final @Nullable DataSource dataSource;

	private final Map<Path, FileOffsetStore> files = new LinkedHashMap<>();

	OffsetStores(@Nullable OffsetStore bean, @Nullable DataSource dataSource) {
		this.bean = bean;
		this.dataSource = dataSource;
	}

	/**
	 * Return the type of store by which settings are judged. All that is known of an
	 * application's own store is whether it is durable.
	 */
	OffsetStoreType typeOf(@Nullable OffsetStoreType configured) {
		if (this.bean != null) {
			return this.bean.isDurable() ? OffsetStoreType.JDBC : OffsetStoreType.MEMORY;
		}
		if (configured != null) {
			return configured;
		}
		return (this.dataSource != null) ? OffsetStoreType.JDBC : OffsetStoreType.FILE;
	}

	/**
	 * Return whether the application has its own store.
	 */
	boolean isOwnedByApplication() {
		return this.bean != null;
	}

	OffsetStore of(EngineSettings.Offset settings) {
		if (this.bean != null) {
			return this.bean;
		}
		return switch (settings.store()) {
			case JDBC -> jdbc(settings);
			case FILE -> this.files.computeIfAbsent(settings.filePath(), FileOffsetStore::new);
			case MEMORY -> new MemoryOffsetStore();
		};
	}

	private OffsetStore jdbc(EngineSettings.Offset settings) {
		if (this.dataSource == null) {
			throw new InvalidCdcPropertyException("cdc.offset.store",
					"is 'jdbc', but the application has no DataSource, or several of which none is primary.",
					"Add 'spring-boot-starter-jdbc' and set 'spring.datasource.url', mark one DataSource as primary, "
							+ "or use 'cdc.offset.store=file'.");
		}
		try {
			return new JdbcOffsetStore(this.dataSource, settings.jdbcTable(), settings.jdbcCreateTable());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException("cdc.offset.jdbc.table", "is invalid: " + ex.getMessage() + ".",
					"Fix the table name.");
		}
	}

	@Override
	public void close() {
		this.files.values().forEach(FileOffsetStore::close);
	}

}
