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

import java.security.Principal;

import io.github.cdcspring.internal.support.LogSafe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.SecurityContext;

/**
 * Logs each operation with the user who requested it.
 */
final class OperationLog {

	private static final Logger logger = LoggerFactory.getLogger(OperationLog.class);

	private OperationLog() {
	}

	static void log(String operation, String target, SecurityContext security, Object result) {
		Principal principal = security.getPrincipal();
		logger.info("Operation '{}' on {}, requested by {}: {}", LogSafe.of(operation), LogSafe.line(target),
				(principal != null) ? "'" + LogSafe.of(principal.getName()) + "'" : "an anonymous user",
				LogSafe.line(result));
	}

}
