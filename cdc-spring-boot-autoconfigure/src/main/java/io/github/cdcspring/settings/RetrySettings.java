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

package io.github.cdcspring.settings;

import java.time.Duration;
import java.util.Set;

/**
 * How often and how soon a failed listener call is tried again.
 *
 * @param maxAttempts calls in all, the first one included
 * @param initialInterval the wait before the second call
 * @param multiplier what each wait is multiplied by
 * @param maxInterval the longest wait
 * @param notFor failures that are not tried again, also as the cause of others
 * @since 0.1.0
 */
public record RetrySettings(int maxAttempts, Duration initialInterval, double multiplier, Duration maxInterval,
		Set<Class<? extends Throwable>> notFor) {

	public RetrySettings {
		notFor = Set.copyOf(notFor);
	}

}
