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

package io.github.cdcspring.boot.test;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.CdcListenerCall;
import io.github.cdcspring.CdcListenerInterceptor;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Remembers what listeners have thrown, so that a test that fails tells it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ListenerFailures implements CdcListenerInterceptor {

	/** By engine and listener. */
	private final Map<String, Map<String, Throwable>> failures = new ConcurrentHashMap<>();

	@Override
	public void intercept(CdcListenerCall call) throws Throwable {
		try {
			call.proceed();
		}
		catch (Throwable ex) {
			this.failures.computeIfAbsent(call.engine(), (engine) -> new ConcurrentHashMap<>())
				.put(call.listener(), ex);
			throw ex;
		}
	}

	/** Forget what the listeners of an engine have thrown. */
	void forget(String engine) {
		this.failures.remove(engine);
	}

	/** Add what the listeners of an engine have thrown to the failure of a test. */
	<T extends Throwable> T addTo(T failure, String engine) {
		this.failures.getOrDefault(engine, Map.of()).values().forEach(failure::addSuppressed);
		return failure;
	}

}
