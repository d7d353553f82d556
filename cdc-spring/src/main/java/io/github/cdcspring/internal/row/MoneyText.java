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

/**
 * Parses an amount of money, which the server prints as its {@code lc_monetary} says:
 * {@code $1,234.50}, {@code 1.234,50 €}, {@code ¥1,234}. The locale's decimal separator
 * is not known. The server tells how many digits follow it. If it could not be asked, the
 * digits after the last separator tell it: a group has three.
 *
 * @see <a href= "https://www.postgresql.org/docs/current/datatype-money.html">PostgreSQL:
 * monetary types</a>
 */
final class MoneyText {

	private static final int GROUP = 3;

	private MoneyText() {
	}

	/**
	 * Parse an amount.
	 * @param digits how many digits {@code lc_monetary} prints after the decimal
	 * separator
	 * @throws IllegalArgumentException if the text has been printed by another locale
	 */
	static BigDecimal parse(String text, int digits) {
		StringBuilder number = new StringBuilder();
		int last = -1;
		for (char character : core(text).toCharArray()) {
			if (Character.isDigit(character)) {
				number.append(Character.digit(character, 10));
			}
			else {
				last = number.length();
			}
		}
		// Without fraction digits, the last separator is that of a group
		if ((last >= 0) ? number.length() - last != ((digits > 0) ? digits : GROUP) : digits > 0) {
			throw new IllegalArgumentException("other fraction digits");
		}
		BigDecimal amount = new BigDecimal(number.toString()).movePointLeft(digits);
		return isNegative(text) ? amount.negate() : amount;
	}

	private static boolean isNegative(String text) {
		return text.contains("-") || text.startsWith("(");
	}

	/** Parse an amount whose text has to tell its fraction digits. */
	static BigDecimal parse(String text) {
		StringBuilder number = new StringBuilder();
		StringBuilder separators = new StringBuilder();
		int fraction = 0;
		for (char character : core(text).toCharArray()) {
			if (Character.isDigit(character)) {
				number.append(Character.digit(character, 10));
				fraction++;
			}
			else {
				separators.append(character);
				fraction = 0;
			}
		}
		if (separators.isEmpty() || !isDecimal(separators, fraction)) {
			fraction = 0;
		}
		BigDecimal amount = new BigDecimal(number.toString()).movePointLeft(fraction);
		return isNegative(text) ? amount.negate() : amount;
	}

	/** From the first to the last digit: a symbol of a currency may contain a point. */
	private static String core(String text) {
		int start = 0;
		while (!Character.isDigit(text.charAt(start))) {
			start++;
		}
		int end = text.length();
		while (!Character.isDigit(text.charAt(end - 1))) {
			end--;
		}
		return text.substring(start, end);
	}

	/** Whether the last separator separates a fraction. */
	private static boolean isDecimal(StringBuilder separators, int digits) {
		if (digits != GROUP) {
			return true;
		}
		char last = separators.charAt(separators.length() - 1);
		if (separators.length() > 1) {
			return separators.charAt(0) != last;
		}
		if (last == '.') {
			// 1.234 is a thousand in Vietnam and one in Kuwait
			throw new IllegalArgumentException("ambiguous separator");
		}
		return false;
	}

}
