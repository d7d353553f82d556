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

package io.github.cdcspring.internal.row;

import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Tells the number of an event among those with the same LSN and transaction: counted in
 * the order of the stream, or read from the event where nothing sees the whole stream.
 */
@FunctionalInterface
interface EventNumbers {

	/**
	 * Return the number of the next event.
	 * @param source Debezium's source block of the event
	 * @param lsn the LSN
	 * @param transactionId the transaction, {@code null} for none
	 * @return the number, starting at 0
	 */
	int number(Struct source, long lsn, @Nullable Long transactionId);

}
