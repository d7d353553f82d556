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

package io.github.cdcspring.internal.listener;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import io.github.cdcspring.CdcListenerCall;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way through the interceptors.
 */
final class InterceptedCall implements CdcListenerCall {

	private final ListenerEndpoint endpoint;

	private final List<CdcListenerInterceptor> interceptors;

	private final @Nullable Object[] values;

	private final Change first;

	private final int events;

	private final int attempt;

	private int next;

	InterceptedCall(ListenerEndpoint endpoint, List<CdcListenerInterceptor> interceptors, @Nullable Object[] values,
			Change first, int events, int attempt) {
		this.endpoint = endpoint;
		this.interceptors = interceptors;
		this.values = values;
		this.first = first;
		this.events = events;
		this.attempt = attempt;
	}

	@Override
	public void proceed() throws Throwable {
		int next = this.next;
		if (next == this.interceptors.size()) {
			this.endpoint.invoke(this.values);
			return;
		}
		this.next = next + 1;
		try {
			this.interceptors.get(next).intercept(this);
		}
		finally {
			// An interceptor may try again on its own
			this.next = next;
		}
	}

	@Override
	public String listener() {
		return this.endpoint.id();
	}

	@Override
	public String engine() {
		return this.endpoint.engine();
	}

	@Override
	public int events() {
		return this.events;
	}

	@Override
	public int attempt() {
		return this.attempt;
	}

	@Override
	public Operation operation() {
		return this.first.operation();
	}

	@Override
	public @Nullable TableId table() {
		return this.first.table();
	}

	@Override
	public @Nullable RowKey key() {
		return this.first.key();
	}

	@Override
	public Lsn lsn() {
		return this.first.lsn();
	}

	@Override
	public @Nullable EventPosition position() {
		return this.first.snapshot() ? null : this.first.position();
	}

	@Override
	public @Nullable Long transactionId() {
		return this.first.transactionId();
	}

	@Override
	public @Nullable Instant commitTime() {
		return this.first.commitTime();
	}

	@Override
	public List<@Nullable Object> arguments() {
		return Collections.unmodifiableList(Arrays.<@Nullable Object>asList(this.values));
	}

	/** Listener, operation, table and position: a row's data may be confidential. */
	@Override
	public String toString() {
		return this.endpoint + " at " + ListenerInvoker.describe(this.first);
	}

}
