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

import io.github.cdcspring.internal.parking.IdempotentTransaction;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ProcessedEvents;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * A place for the position and for single events in the application's own database.
 * Present where the JDBC classes are.
 */
interface ApplicationDatabase {

	/**
	 * Whether there is one DataSource to use.
	 */
	boolean hasDataSource();

	/**
	 * A store in the application's database.
	 */
	OffsetStore offsetStore(EngineSettings.Offset settings);

	/**
	 * Parked events in the application's database.
	 */
	ParkedEventQueues parking(EngineSettings settings);

	/**
	 * Applied events in the application's database.
	 */
	ProcessedEvents appliedEvents(EngineSettings settings);

	/**
	 * The application's transactions on its database, {@code null} if it has none.
	 */
	@Nullable IdempotentTransaction transactions(ProcessedEvents processedEvents);

}
