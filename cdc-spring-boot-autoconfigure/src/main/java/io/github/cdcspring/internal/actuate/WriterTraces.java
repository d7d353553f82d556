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

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.internal.listener.DeliveryObserver;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * Trace contexts that writers sent in the last thousand transactions. A logical message
 * precedes the changes of its transaction, which several threads may deliver much later.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C: Trace
 * Context</a>
 */
final class WriterTraces implements DeliveryObserver {

	private static final int TRANSACTIONS = 1_000;

	private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

	private static final int LENGTH = 55;

	private final String prefix;

	private final Map<Long, String> byTransaction = Collections.synchronizedMap(new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
			return size() > TRANSACTIONS;
		}

	});

	WriterTraces(String prefix) {
		this.prefix = prefix;
	}

	@Override
	public void handled(Change change) {
		LogicalMessage message = change.message();
		Long transaction = change.transactionId();
		if (message != null && transaction != null && message.prefix().equals(this.prefix)
				&& message.content().length == LENGTH) {
			String traceparent = new String(message.content(), StandardCharsets.US_ASCII);
			if (TRACEPARENT.matcher(traceparent).matches()) {
				this.byTransaction.put(transaction, traceparent);
			}
		}
	}

	@Nullable String of(long transaction) {
		return this.byTransaction.get(transaction);
	}

}
