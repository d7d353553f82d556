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

package io.github.cdcspring.internal.row;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** The texts are those of PostgreSQL with locales of glibc. */
class MoneyTextTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			$0.00 | 0.00
			$1,234,567.89 | 1234567.89
			-$0.01 | -0.01
			($12.34) | -12.34
			$92,233,720,368,547,758.07 | 92233720368547758.07
			1.234,50 € | 1234.50
			-1.234.567,89 € | -1234567.89
			0,50 € | 0.50
			1 234,50 € | 1234.50
			CHF 1'234.50 | 1234.50
			kr. 1.234,50 | 1234.50
			Rs.12,34,567.89 | 1234567.89
			¥1,234 | 1234
			¥1,234,567 | 1234567
			¥123 | 123
			1.234.567 ₫ | 1234567
			KD 1,234.567 | 1234.567
			""")
	void parsesAmountsOfAnyLocale(String text, BigDecimal amount) {
		assertThat(MoneyText.parse(text)).isEqualTo(amount);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			$1,234.50 | 2 | 1234.50
			-1.234.567,89 € | 2 | -1234567.89
			1.234 ₫ | 0 | 1234
			1.234 ₫ | 3 | 1.234
			Rs.12,34,567.890 | 3 | 1234567.890
			¥123 | 0 | 123
			(KD 0.001) | 3 | -0.001
			""")
	void parsesAmountsOfAKnownLocale(String text, int digits, BigDecimal amount) {
		assertThat(MoneyText.parse(text, digits)).isEqualTo(amount);
	}

	@ParameterizedTest
	@CsvSource({ "$12.34, 0", "$12, 2", "$12.34, 3" })
	void rejectsAmountsOfAnotherLocale(String text, int digits) {
		assertThatIllegalArgumentException().isThrownBy(() -> MoneyText.parse(text, digits));
	}

	@Test
	void rejectsWhatHasTwoMeanings() {
		assertThatIllegalArgumentException().isThrownBy(() -> MoneyText.parse("1.234 ₫"));
	}

}
