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

package io.github.cdcspring.autoconfigure;

import java.util.List;

import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.internal.listener.DeliveryObserver;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerErrorHandler;
import io.github.cdcspring.internal.parking.KeptEvents;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Creates the delivery options of each engine.
 */
class DeliveryOptionsFactory {

	private final List<CdcListenerInterceptor> interceptors;

	private final DeliveryObserver.@Nullable Factory observers;

	DeliveryOptionsFactory(ObjectProvider<CdcListenerInterceptor> interceptors,
			ObjectProvider<DeliveryObserver.Factory> observers) {
		this.interceptors = interceptors.orderedStream().toList();
		this.observers = observers.getIfAvailable();
	}

	DeliveryOptions create(EngineSettings settings, KeptEvents kept) {
		return new DeliveryOptions(kept.transaction(),
				kept.errorHandler().isolates() ? kept.errorHandler() : ListenerErrorHandler.STOP, this.interceptors,
				(this.observers != null) ? this.observers.create(settings.name()) : null);
	}

}
