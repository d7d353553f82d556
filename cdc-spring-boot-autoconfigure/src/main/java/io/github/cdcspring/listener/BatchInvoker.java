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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToIntFunction;

import io.github.cdcspring.decode.Change;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryTemplate;

/**
 * Collects events and calls a listener with the batch.
 */
final class BatchInvoker extends ListenerInvoker {

	private List<@Nullable Object> batch = new ArrayList<>();

	private @Nullable Change first;

	private @Nullable Change last;

	BatchInvoker(ListenerEndpoint endpoint, ToIntFunction<Type> slots, RetryTemplate retry) {
		super(endpoint, slots, retry);
	}

	@Override
	boolean accept(Change change, @Nullable Object[] values) {
		if (this.first == null) {
			this.first = change;
		}
		this.last = change;
		this.batch.add(values[0]);
		return true;
	}

	int size() {
		return this.batch.size();
	}

	/**
	 * The batch is kept until the listener has returned: what fails can be flushed again.
	 */
	void flush() {
		if (this.batch.isEmpty()) {
			return;
		}
		// Not the listener's to change: a retry must see all of it
		call(Collections.unmodifiableList(this.batch));
		this.batch = new ArrayList<>();
		this.first = null;
		this.last = null;
	}

	@Override
	String position() {
		Change first = this.first;
		Change last = this.last;
		if (first == null || last == null || first == last) {
			return (first != null) ? describe(first) : "no event";
		}
		return "a batch of " + this.batch.size() + " events, from " + describe(first) + " to " + describe(last);
	}

}
