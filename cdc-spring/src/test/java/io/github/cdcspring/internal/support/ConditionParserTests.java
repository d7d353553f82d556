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

package io.github.cdcspring.internal.support;

import java.util.Collections;
import java.util.List;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcBackfill.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConditionParserTests {

	@Test
	void readsConditionsThatAndJoins() {
		assertThat(ConditionParser.parse("created_at >= '2026-01-01' AND status='open'\n and total<-1.50 and n <> 7"))
			.containsExactly(condition("created_at", ">=", "2026-01-01"), condition("status", "=", "open"),
					condition("total", "<", "-1.50"), condition("n", "<>", "7"));
	}

	@Test
	void readsListsAndTestsForNull() {
		assertThat(ConditionParser.parse("a in ('x', 'y',3) and b IS NULL and c is not null and d > 1"))
			.containsExactly(condition("a", "in", "x", "y", "3"), condition("b", "is null"),
					condition("c", "is not null"), condition("d", ">", "1"));
	}

	@Test
	void nameOfAColumnForgesNoLineOfALog() {
		String column = "a\n2026 ERROR\u2028" + "x".repeat(200);
		String shown = "'a?2026 ERROR?" + "x".repeat(107) + "…'";
		assertThatIllegalArgumentException().isThrownBy(() -> condition(column, "=", "\0"))
			.withMessageContaining(shown + " has a value with a NUL");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Condition(column, "=", Collections.singletonList(null)))
			.withMessageContaining(shown + " compares with null");
		assertThatIllegalArgumentException().isThrownBy(() -> condition(column, "like", "a"))
			.withMessageContaining(shown + " has an unknown operator");
		assertThatIllegalArgumentException().isThrownBy(() -> condition(column, "="))
			.withMessageContaining(shown + " does not take 0 values");
		assertThat(condition(column, "=", "a")).hasToString(shown.replace("'", "") + " = ?");
	}

	@Test
	void namesAreExactAndMayBeQuoted() {
		assertThat(ConditionParser.parse("Status = 'a' and \"and\" = 'b' and \"Odd \"\" name; --\" = 'c'"))
			.extracting(Condition::column)
			.containsExactly("Status", "and", "Odd \" name; --");
	}

	@Test
	void textsAreTakenAsTheyAre() {
		assertThat(ConditionParser.parse("a = 'it''s' and b = '' and c = '\\' and d = ' and x = 1; DROP TABLE t; --' "
				+ "and e = '/* $1 ? */' and f = '\\u0027\u2019'"))
			.flatExtracting(Condition::values)
			.containsExactly("it's", "", "\\", " and x = 1; DROP TABLE t; --", "/* $1 ? */", "\\u0027\u2019");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a", "a =", "= 1", "a = 1 or b = 2", "a = 1 and", "and a = 1", "(a = 1)",
			"a = (1)", "a = (SELECT s3cr3t)", "a = b", "a = 1; DROP TABLE t", "a = 1 -- comment", "a = 1 /* comment */",
			"a --\n= 1", "a = 's3cr3t", "a = 's3cr3t''", "a = \"s3cr3t\"", "a = 's3cr3t' 'more'", "a = 's3cr3t'more",
			"a = E's3cr3t'", "a = U&'\\0027'", "a = $1", "a = $$s3cr3t$$", "a = ?", "a = :x", "a = 1::int",
			"a::int = 1", "a = 1e5", "a = 0x1F", "a = .5", "a = 1.", "a = --1", "a = +1", "a = null", "a = true",
			"a is", "a is 1", "a is not", "a not null", "a not in (1)", "a in ()", "a in (1", "a in 1", "a in (1,)",
			"a in (SELECT 1)", "a between 1 and 2", "a like 's3cr3t'", "a != 1", "a == 1", "a => 1", "a ~ 's3cr3t'",
			"a || b = 1", "a.b = 1", "\"\" = 1", "\"a = 1", "and = 1", "NULL = 1", "in in (1)", "lower(a) = 's3cr3t'",
			"\u0430\u0308 = 1", "a\u00a0= 1", "a\u3000= 1", "a \uff1d 1", "a = \u2019s3cr3t\u2019",
			"a = 1 and and b = 2", "a = 1 b = 2", "a = 1, b = 2", "a = 1\u0000", "a\u0000 = 1" })
	void refusesEverythingElseWithoutRepeatingIt(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConditionParser.parse(text))
			.withMessageStartingWith("The conditions cannot be read at character ")
			.withMessageNotContainingAny("s3cr3t", "DROP");
	}

	@Test
	void refusesTooManyConditionsAndValues() {
		assertThatIllegalArgumentException().isThrownBy(() -> ConditionParser.parse("a = 1" + " and a = 1".repeat(20)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConditionParser.parse("a in (1" + ", 1".repeat(1_000) + ")"));
		List<Condition> many = ConditionParser
			.parse("a in (1" + ", 1".repeat(600) + ") and b in (1" + ", 1".repeat(600) + ")");
		assertThatIllegalArgumentException().isThrownBy(() -> new CdcBackfill.Request(List.of("a"), null, many))
			.withMessage(
					"The request has 2 conditions with 1202 values, which are stored with each offset. Give at most "
							+ "20 conditions with 1000 values in all, or make several requests.");
		assertThatIllegalArgumentException().isThrownBy(() -> CdcBackfill.Request.of("a")
			.where("a", "in", Collections.nCopies(40_000, "1").toArray(String[]::new)));
	}

	@Test
	void valueWithANulCharacterIsRefused() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> ConditionParser.parse("a = 's3cr3t\0'"))
			.withMessageNotContaining("s3cr3t");
	}

	@Test
	void longTextTakesNoTime() {
		String text = "x''".repeat(200_000);
		assertThat(ConditionParser.parse("a = '" + text + "'")).hasSize(1);
		assertThatIllegalArgumentException().isThrownBy(() -> ConditionParser.parse("a = '" + text));
	}

	private static Condition condition(String column, String operator, String... values) {
		return new Condition(column, operator, List.of(values));
	}

}
