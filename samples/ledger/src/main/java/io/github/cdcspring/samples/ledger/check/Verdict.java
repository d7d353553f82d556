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

package io.github.cdcspring.samples.ledger.check;

/**
 * The last line.
 *
 * @param equal whether the mirror is equal and delivery was without error
 * @param line the line
 */
public record Verdict(boolean equal, String line) {

	/** The verdict on a run that could not be completed. */
	public static Verdict failed(Throwable cause) {
		String reason = (cause.getMessage() != null) ? cause.getMessage() : cause.toString();
		return new Verdict(false, "ledger: DIFFERENT, for the run failed: " + reason.lines().findFirst().orElse(""));
	}

}
