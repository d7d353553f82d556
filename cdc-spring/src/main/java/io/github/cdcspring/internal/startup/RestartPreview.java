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

import java.util.List;

import io.github.cdcspring.engine.Violation;
import org.jspecify.annotations.Nullable;

/**
 * What a restart of the application would do now, after a stop in order.
 *
 * @param decision what it would do about slot and offset, {@code null} where it would not
 * come to that: the server would be refused, or another instance receives
 * @param refusals what it would be refused for, empty if it would start or stand by
 * @param sentence the same in words
 */
public record RestartPreview(@Nullable StartDecision decision, List<Violation> refusals, String sentence) {

	public RestartPreview {
		refusals = List.copyOf(refusals);
	}

}
