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

/**
 * What a start does about the positions.
 *
 */
public sealed interface StartDecision {

	/**
	 * Start: from where slot and offset agree, or, without an offset, as the snapshot
	 * mode says.
	 */
	record Start() implements StartDecision {

	}

	/**
	 * Start at the offset.
	 *
	 * @param advanceSlot whether to advance the slot to the offset before
	 */
	record ResumeAtOffset(boolean advanceSlot) implements StartDecision {

	}

	/**
	 * Start at the slot, behind the offset: what lies between is sent again.
	 */
	record ResumeAtSlot() implements StartDecision {

	}

	/**
	 * Store the slot LSN as the offset and start there: what lies between is skipped.
	 *
	 * @param warn whether that may skip events, and has to be said
	 */
	record AdvanceOffsetToSlot(boolean warn) implements StartDecision {

	}

	/**
	 * Do not start.
	 *
	 * @param id the id of the refusal
	 */
	record Refuse(String id) implements StartDecision {

	}

}
