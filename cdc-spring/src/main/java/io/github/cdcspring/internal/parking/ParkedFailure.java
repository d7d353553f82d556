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

package io.github.cdcspring.internal.parking;

import io.github.cdcspring.internal.listener.Delivery;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerFailedException;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a parked event.
 *
 * @param listener the listener that failed, {@code null} if the transaction around the
 * listeners failed
 * @param type the class of the exception
 */
public record ParkedFailure(@Nullable String listener, String type) {

	/**
	 * Create the failure of a delivery.
	 * @param delivery the delivery
	 * @param failure its last failure
	 * @return the failure
	 */
	public static ParkedFailure of(Delivery delivery, ListenerFailedException failure) {
		ListenerEndpoint listener = delivery.currentListener();
		return new ParkedFailure((listener != null) ? listener.id() : null, failure.causeType());
	}

	@Override
	public String toString() {
		return (this.listener != null) ? this.type + " in '" + this.listener + "'" : this.type;
	}

}
