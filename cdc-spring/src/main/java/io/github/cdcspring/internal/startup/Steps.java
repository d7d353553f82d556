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

import java.util.ArrayList;
import java.util.List;

import io.github.cdcspring.ActionStep;
import org.jspecify.annotations.Nullable;

/**
 * Builds the steps of what to do about a refusal.
 */
public final class Steps {

	private final List<ActionStep> steps = new ArrayList<>();

	private boolean alternative;

	/**
	 * Add a step without code.
	 */
	public Steps text(String text) {
		return add(ActionStep.of(text));
	}

	/**
	 * Add a step that runs a statement.
	 */
	public Steps sql(String before, String statement) {
		return add(ActionStep.sql(before, statement));
	}

	/**
	 * Add a step for each statement.
	 * @param before the beginning of the first step
	 */
	public Steps sql(String before, List<String> statements) {
		String beginning = before;
		for (String statement : statements) {
			sql(beginning, statement);
			beginning = "";
		}
		return this;
	}

	/**
	 * Add a step that sets a setting.
	 * @param before what is to be done with the setting
	 * @param setting the setting with its value
	 * @param after the rest of the sentence
	 */
	public Steps setting(String before, String setting, String after) {
		return code(ActionStep.Language.SETTING, before, setting, after);
	}

	/**
	 * Add a step with code.
	 */
	public Steps code(ActionStep.Language language, String before, String code, String after) {
		return add(ActionStep.of(language, before, code, after));
	}

	/**
	 * Add the steps before a new snapshot: without slot and offset, the next start takes
	 * one.
	 * @param beginning the beginning of the first step
	 * @param slot the slot to drop, {@code null} if there is none
	 * @param forgetOffset how to remove the stored offset
	 */
	public Steps forget(String beginning, @Nullable ReplicationSlot slot, ActionStep forgetOffset) {
		text(beginning + " stop the application.");
		if (slot != null) {
			sql("Run: ", slot.dropStatement());
		}
		return add(forgetOffset);
	}

	/**
	 * Add a step.
	 */
	public Steps add(ActionStep step) {
		this.steps.add(this.alternative ? step.asAlternative() : step);
		this.alternative = false;
		return this;
	}

	/**
	 * Add steps.
	 */
	public Steps addAll(List<ActionStep> steps) {
		steps.forEach(this::add);
		return this;
	}

	/**
	 * Let the next step begin another way.
	 */
	public Steps or() {
		this.alternative = true;
		return this;
	}

	public List<ActionStep> list() {
		return List.copyOf(this.steps);
	}

}
