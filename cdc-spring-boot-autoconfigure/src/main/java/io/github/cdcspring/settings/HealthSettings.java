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

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * From when on an engine that runs is not healthy.
 *
 * @param maxLagBytes how far it may be behind the server, in bytes; {@code null} for no
 * limit
 * @param maxRetainedWalBytes how much WAL the server may keep for the slot, in bytes;
 * {@code null} for no limit
 * @param minSlotLife how long the slot must be going to live at the present rate;
 * {@code null} for no limit
 * @since 0.1.0
 */
public record HealthSettings(@Nullable Long maxLagBytes, @Nullable Long maxRetainedWalBytes,
		@Nullable Duration minSlotLife) {

	/** What holds where nothing is set. */
	public static final HealthSettings DEFAULT = new HealthSettings(null, null, null);

}
