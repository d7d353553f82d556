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

package io.github.cdcspring.internal.kafka;

import io.github.cdcspring.CdcException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record that is not an event of the plugin. The message contains no part of it.
 */
final class UnreadableRecordException extends CdcException {

	/**
	 * Create an exception.
	 * @param problem continues a sentence after "cannot be delivered, because"
	 * @param action what to do, a sentence
	 */
	UnreadableRecordException(ConsumerRecord<?, ?> record, String problem, String action) {
		super("The record at offset " + record.offset() + " of partition " + record.topic() + "-" + record.partition()
				+ " cannot be delivered, because " + problem + ". It is not skipped, so its partition waits. "
				+ action);
	}

}
