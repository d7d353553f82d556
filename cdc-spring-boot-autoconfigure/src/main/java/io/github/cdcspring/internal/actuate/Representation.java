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

import org.springframework.boot.actuate.endpoint.Producible;
import org.springframework.util.MimeType;

/**
 * Representations that the endpoint can return. If a request accepts several, the
 * actuator takes the last one, so that a browser gets the page. A client that accepts
 * anything gets JSON.
 */
public enum Representation implements Producible<Representation> {

	/** Version 3 of the actuator's JSON. */
	ACTUATOR_V3("application/vnd.spring-boot.actuator.v3+json"),

	/** Version 2 of the actuator's JSON. */
	ACTUATOR_V2("application/vnd.spring-boot.actuator.v2+json"),

	/** Plain JSON. */
	JSON("application/json"),

	/** HTML page. */
	PAGE("text/html;charset=UTF-8");

	private final MimeType mimeType;

	Representation(String mimeType) {
		this.mimeType = MimeType.valueOf(mimeType);
	}

	@Override
	public MimeType getProducedMimeType() {
		return this.mimeType;
	}

	@Override
	public boolean isDefault() {
		return this == ACTUATOR_V3;
	}

}
