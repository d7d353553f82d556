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

package io.github.cdcspring.listener;

import java.lang.reflect.Type;
import java.util.function.ToIntFunction;

import io.github.cdcspring.decode.Change;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryTemplate;

/**
 * Calls a listener for each event.
 */
final class EventInvoker extends ListenerInvoker {

	private @Nullable Change change;

	EventInvoker(ListenerEndpoint endpoint, ToIntFunction<Type> slots, RetryTemplate retry) {
		super(endpoint, slots, retry);
	}

	@Override
	boolean accept(Change change, @Nullable Object[] values) {
		this.change = change;
		try {
			call(values);
			return false;
		}
		finally {
			this.change = null;
		}
	}

	@Override
	String position() {
		return (this.change != null) ? describe(this.change) : "no event";
	}

}
