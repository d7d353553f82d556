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

import org.jspecify.annotations.Nullable;

/**
 * What every rule has, be it about settings or about the server.
 */
interface SafetyRule {

	/**
	 * The id, which never changes: it stands in the documentation and in people's
	 * settings.
	 */
	String id();

	/**
	 * What may happen where the violation is accepted, {@code null} where it cannot be:
	 * the engine could not do its work.
	 */
	@Nullable String risk();

}
