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

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.engine.Violation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StepsTests {

	@Test
	void eachStatementIsAStepAndAnotherWayBeginsOnce() {
		List<ActionStep> steps = new Steps().sql("Run: ", List.of("SELECT 1;", "SELECT 2;"))
			.or()
			.setting("Or set ", "cdc.a=b", ".")
			.text("Then start.")
			.list();
		assertThat(steps).extracting(ActionStep::text)
			.containsExactly("Run: SELECT 1;", "SELECT 2;", "Or set cdc.a=b.", "Then start.");
		assertThat(steps).extracting(ActionStep::code).containsExactly("SELECT 1;", "SELECT 2;", "cdc.a=b", null);
		assertThat(steps).extracting(ActionStep::alternative).containsExactly(false, false, true, false);
		assertThat(new Violation("rule", "Wrong.", steps).action())
			.isEqualTo("Run: SELECT 1; SELECT 2; Or set cdc.a=b. Then start.");
	}

	@Test
	void stepsOfAnotherListKeepTheirWays() {
		List<ActionStep> steps = new Steps().text("Do this.").or().text("Or that.").list();
		assertThat(new Steps().addAll(steps).list()).isEqualTo(steps);
	}

	@Test
	void codeIsAPartOfTheText() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ActionStep("Run it.", ActionStep.Language.SQL, "SELECT 1;", false));
		assertThatIllegalArgumentException().isThrownBy(() -> new ActionStep("SELECT 1;", null, "SELECT 1;", false));
	}

}
