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

package io.github.cdcspring.internal.startup;

import io.github.cdcspring.CdcException;
import org.jspecify.annotations.Nullable;

/**
 * Another instance receives from the slot, or is about to.
 */
public final class SlotHeldException extends CdcException {

	private SlotHeldException(String message) {
		super(message);
	}

	/**
	 * Another instance receives from the slot.
	 * @param slotName the slot
	 * @param pid the server process that sends, {@code null} if it is not known
	 * @return the exception
	 */
	public static SlotHeldException receiving(String slotName, @Nullable Integer pid) {
		return new SlotHeldException("Server process " + pid + " receives from replication slot '" + slotName
				+ "'; this instance takes over when that process ends");
	}

	static SlotHeldException starting(String slotName, Integer pid) {
		return new SlotHeldException("Another instance, connected to server process " + pid
				+ ", is starting to receive from replication slot '" + slotName
				+ "'; this instance takes over when that process ends");
	}

}
