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

import io.github.cdcspring.offset.FileOffsetStore;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OffsetStoreType;
import org.jspecify.annotations.Nullable;

/**
 * Makes the offset store that an engine is set to use; an application's own bean wins.
 * Files are let go when the application context is closed, which is after the engines
 * have stopped.
 */
class OffsetStores implements AutoCloseable {

	private final @Nullable OffsetStore bean;

	private final @Nullable ApplicationDatabase database;

	private final Map<Path, FileOffsetStore> files = new LinkedHashMap<>();

	OffsetStores(@Nullable OffsetStore bean, @Nullable ApplicationDatabase database) {
		this.bean = bean;
		this.database = database;
	}

	/**
	 * The kind that settings are judged by. Of an application's own store it is known
	 * whether it lasts, and nothing else.
	 */
	OffsetStoreType typeOf(OffsetStoreType configured) {
		if (this.bean == null) {
			return configured;
		}
		return this.bean.isDurable() ? OffsetStoreType.JDBC : OffsetStoreType.MEMORY;
	}

	/**
	 * Whether the application brings its own.
	 */
	boolean isForeign() {
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
		if (this.database == null) {
			throw noDataSource();
		}
		try {
			return this.database.offsetStore(settings);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidCdcPropertyException("cdc.offset.jdbc.table", "is wrong: " + ex.getMessage() + ".",
					"Mend the name.");
		}
	}

	static InvalidCdcPropertyException noDataSource() {
		return new InvalidCdcPropertyException("cdc.offset.store",
				"is 'jdbc', but the application has no DataSource, or several and none of them primary.",
				"Add 'spring-boot-starter-jdbc' and set 'spring.datasource.url', mark one DataSource as primary, or use "
						+ "'cdc.offset.store=file'.");
	}

	@Override
	public void close() {
		this.files.values().forEach(FileOffsetStore::close);
	}

}
