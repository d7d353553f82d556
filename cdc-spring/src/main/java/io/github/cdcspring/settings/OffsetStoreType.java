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

package io.github.cdcspring.settings;

/**
 * Where the offset of an engine is stored.
 *
 * @since 0.1.0
 */
public enum OffsetStoreType {

	/** In a table of the application's database. */
	JDBC,

	/** In a file. */
	FILE,

	/** In memory: it is lost when the application stops. */
	MEMORY;

	/**
	 * Whether the offset survives a stop of the application.
	 * @return {@code true} if it does
	 */
	public boolean isDurable() {
		return this != MEMORY;
	}

}
