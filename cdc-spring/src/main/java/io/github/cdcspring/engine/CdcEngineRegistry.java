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

package io.github.cdcspring.engine;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

/**
 * The engines of the application.
 *
 * @since 0.1.0
 */
public interface CdcEngineRegistry {

	/**
	 * Return all engines.
	 * @return the engines, empty before the application context has started
	 */
	Collection<? extends CdcEngine> engines();

	/**
	 * Return one engine.
	 * @param name the name of the engine, {@code default} for the one that {@code cdc.*}
	 * describes
	 * @return the engine, {@code null} if there is none of that name
	 */
	@Nullable CdcEngine engine(String name);

}
