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

package io.github.cdcspring;

/**
 * What tells an event from every other one of its stream, and is the same however often
 * the event is sent. Rows of one COPY or INSERT share an LSN, and so do the two events
 * that an update of a key becomes; a transaction is sent whole each time, so they can be
 * counted.
 *
 * @param transactionId the transaction, 0 for a message outside of any
 * @param lsn where the change stands in the log
 * @param ordinal the place among the transaction's events with that LSN, from 0
 * @since 0.1.0
 */
public record EventPosition(long transactionId, Lsn lsn, int ordinal) {

}
