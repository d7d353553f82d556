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

package io.github.cdcspring.internal.listener;

import io.github.cdcspring.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TablePatternTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\'', ignoreLeadingAndTrailingWhitespace = false,
			value = { "orders|public|orders", "sales.orders|sales|orders", "Sales.ORDERS|Sales|ORDERS",
					"my table|public|my table", "\"a.b\"|public|a.b", "\"odd.schema\".\"ta*ble\"|odd.schema|ta*ble",
					"\"say \"\"hi\"\"\"|public|say \"hi\"", "sales.\" orders\"|sales| orders",
					"o%_\\rders|public|o%_\\rders", "grün.表|grün|表" })
	void namesOneTable(String text, String schema, String name) {
		TablePattern pattern = TablePattern.parse(text);
		assertThat(pattern.isExact()).isTrue();
		assertThat(pattern.toTableId()).isEqualTo(new TableId(schema, name));
		assertThat(pattern.matches(new TableId(schema, name))).isTrue();
		assertThat(pattern.matches(new TableId(schema, name + "x"))).isFalse();
		assertThat(pattern.matches(new TableId("x" + schema, name))).isFalse();
		assertThat(TablePattern.parse(pattern.toString())).isEqualTo(pattern);
	}

	@ParameterizedTest
	@CsvSource({ "sales.*,sales,orders,true", "sales.*,sale,orders,false", "*.orders,any,orders,true",
			"*.*,any,any,true", "*,public,any,true", "*,sales,any,false", "public.order_*,public,order_,true",
			"public.order_*,public,order_2026,true", "public.order_*,public,orders,false", "*_log,public,a_log,true",
			"*_log,public,a_logs,false", "a*b*c,public,abc,true", "a*b*c,public,a1b2c,true", "a*b*c,public,acb,false",
			"a*a,public,a,false", "a*a,public,aa,true", "a*bc*c,public,abc,false", "a**b,public,axb,true",
			"Order*,public,orders,false" })
	void takesStarsForAnyCharacters(String text, String schema, String name, boolean matches) {
		TablePattern pattern = TablePattern.parse(text);
		assertThat(pattern.isExact()).isFalse();
		assertThat(pattern.matches(new TableId(schema, name))).isEqualTo(matches);
		assertThat(TablePattern.parse(pattern.toString())).isEqualTo(pattern);
	}

	@Test
	void aWildcardNamesNoSingleTable() {
		assertThatIllegalStateException().isThrownBy(() -> TablePattern.parse("sales.*").toTableId())
			.withMessage("'sales.*' does not name one table");
	}

	@Test
	void matchesInLinearTimeWhateverThePattern() {
		TablePattern pattern = TablePattern.parse("a*".repeat(5_000) + "b");
		assertThat(pattern.matches(new TableId("public", "a".repeat(100_000)))).isFalse();
	}

	@Test
	void printsItsTextForm() {
		assertThat(TablePattern.parse("orders")).hasToString("public.orders");
		assertThat(TablePattern.parse("\"plain\".\"a\"\"b\"")).hasToString("plain.\"a\"\"b\"");
		assertThat(TablePattern.parse("s**.o*")).hasToString("s*.o*");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\'', ignoreLeadingAndTrailingWhitespace = false,
			value = { "a.b.c|it has 3 parts, not schema and table", ".orders|a name is empty", "sales.|a name is empty",
					"sales. |a name is empty", "\"\"|a name is empty", "\"orders|a double quote is not closed",
					"or\"de\"rs|double quotes must enclose a whole name and be doubled within it",
					"\"a\"x\"b\"|double quotes must enclose a whole name and be doubled within it",
					"\"a\"*|double quotes must enclose a whole name and be doubled within it",
					"sales. orders|a name that starts or ends with a blank needs double quotes",
					"\"|a double quote is not closed" })
	void refusesWhatIsNoPattern(String text, String why) {
		assertThatIllegalArgumentException().isThrownBy(() -> TablePattern.parse(text))
			.withMessage("'" + text + "' is not a table pattern: " + why);
	}

	@Test
	void refusesNul() {
		assertThatIllegalArgumentException().isThrownBy(() -> TablePattern.parse("a\0b"))
			.withMessageEndingWith("names in PostgreSQL cannot contain NUL characters");
	}

	@Test
	void refusesNothingAtAll() {
		assertThatIllegalArgumentException().isThrownBy(() -> TablePattern.parse(""))
			.withMessage("'' is not a table pattern: a name is empty");
	}

	@Test
	void shortensWhatItRefuses() {
		assertThatIllegalArgumentException().isThrownBy(() -> TablePattern.parse("\"x".repeat(100_000)))
			.withMessageContaining("x\"x\"x...' is not a table pattern")
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(200));
	}

}
