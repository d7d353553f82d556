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

package io.github.cdcspring.internal.actuate;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;

/**
 * What the page may do, by the access to the endpoints.
 *
 * @param operations whether the page may operate the engines
 * @param parked the address of the endpoint {@code cdcparked} relative to the page,
 * {@code null} if it is not exposed
 * @param parkedOperations whether the page may replay and discard parked events
 */
record PageControls(boolean operations, @Nullable String parked, boolean parkedOperations) {

	static final EndpointId CDC = EndpointId.of("cdc");

	private static final EndpointId PARKED = EndpointId.of("cdcparked");

	static PageControls of(EndpointAccessResolver access, PathMappedEndpoints exposed) {
		String path = exposed.getRootPath(CDC);
		String parked = exposed.getRootPath(PARKED);
		long depth = (path != null) ? path.chars().filter((character) -> character == '/').count() : 0;
		return new PageControls(isUnrestricted(access, CDC),
				(parked != null) ? "../".repeat((int) depth) + parked : null, isUnrestricted(access, PARKED));
	}

	private static boolean isUnrestricted(EndpointAccessResolver access, EndpointId id) {
		return access.accessFor(id, Access.READ_ONLY) == Access.UNRESTRICTED;
	}

}
