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
import java.util.Map;

import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Logs each operation with the user who requested it. An operation itself cannot ask for
 * the user: Spring Boot takes each further parameter for a part of the request's body.
 */
public final class OperationLog implements OperationInvokerAdvisor {

	private static final Logger logger = LoggerFactory.getLogger(OperationLog.class);

	@Override
	public OperationInvoker apply(EndpointId endpoint, OperationType type, OperationParameters parameters,
			OperationInvoker invoker) {
		return (type != OperationType.READ) ? (context) -> invoke(type, invoker, context) : invoker;
	}

	private static @Nullable Object invoke(OperationType type, OperationInvoker invoker, InvocationContext context) {
		Object result = invoker.invoke(context);
		Object body = (result instanceof WebEndpointResponse<?> response) ? response.getBody() : result;
		Map<String, ? extends @Nullable Object> arguments = context.getArguments();
		if (body instanceof OperationResult done) {
			log(String.valueOf(arguments.get("operation")), engine(arguments), context, done.message());
		}
		else if (body instanceof ParkedEventOutcome outcome && outcome.refused() == null) {
			log((type == OperationType.DELETE) ? "discard" : "replay", parked(arguments), context, outcome);
		}
		return result;
	}

	private static String engine(Map<String, ? extends @Nullable Object> arguments) {
		return "engine '" + arguments.get("engine") + "'" + argument(" to ", arguments.get("lsn"))
				+ argument(" of ", arguments.get("tables")) + argument(" for listener ", arguments.get("listener"))
				+ ((arguments.get("where") != null) ? " with conditions" : "");
	}

	private static String parked(Map<String, ? extends @Nullable Object> arguments) {
		return "parked" + argument(" event ", arguments.get("id")) + argument(" key ", arguments.get("keyHash"))
				+ " of engine '" + arguments.get("engine") + "'";
	}

	private static String argument(String preposition, @Nullable Object value) {
		return (value != null) ? preposition + LogSafe.of(value) : "";
	}

	private static void log(String operation, String target, InvocationContext context, Object result) {
		SecurityContext security = context.resolveArgument(SecurityContext.class);
		Principal principal = (security != null) ? security.getPrincipal() : null;
		logger.info("Operation '{}' on {}, requested by {}: {}", LogSafe.of(operation), LogSafe.line(target),
				(principal != null) ? "'" + LogSafe.of(principal.getName()) + "'" : "an anonymous user",
				LogSafe.line(result));
	}

}
