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

package io.github.cdcspring.observation;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Convention for the name and the keys of the observation of a listener call. A bean of
 * this type replaces the default.
 *
 * @since 0.1.0
 */
public interface CdcListenerObservationConvention extends ObservationConvention<CdcListenerObservationContext> {

	@Override
	default String getName() {
		return "cdc.listener";
	}

	@Override
	default String getContextualName(CdcListenerObservationContext context) {
		return context.call().listener();
	}

	/**
	 * Return engine and listener, which are suitable tags of a meter. They contain no row
	 * data.
	 */
	@Override
	default KeyValues getLowCardinalityKeyValues(CdcListenerObservationContext context) {
		return KeyValues.of("engine", context.call().engine(), "listener", context.call().listener());
	}

	/**
	 * Return table, operation and LSN, which only the span has.
	 */
	@Override
	default KeyValues getHighCardinalityKeyValues(CdcListenerObservationContext context) {
		return KeyValues.of("cdc.table", String.valueOf(context.call().table()), "cdc.operation",
				context.call().operation().name(), "cdc.lsn", context.call().lsn().toString());
	}

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof CdcListenerObservationContext;
	}

}
