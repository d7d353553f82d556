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

import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The type of a column. The column converter writes it into the schema of the column's
 * field.
 *
 * @param kind the kind; for a domain, the kind of its base type
 * @param element the kind of an array's elements, {@code null} if the type is not an
 * array
 * @param name PostgreSQL's name of the type
 * @param exactEquality whether two values are equal to PostgreSQL only if their canonical
 * forms are equal
 * @param delimiter the delimiter between the elements of an array
 * @param moneyDigits how many digits {@code money} has after the decimal separator,
 * {@link #UNKNOWN_DIGITS} if the texts of its values have to tell it
 */
public record PostgresType(PostgresTypeKind kind, @Nullable PostgresTypeKind element, String name,
		boolean exactEquality, char delimiter, int moneyDigits) {

	private static final String KIND = "cdcspring.kind";

	private static final String ELEMENT = "cdcspring.element";

	private static final String NAME = "cdcspring.type";

	/** The server was not asked, or the type contains no {@code money}. */
	public static final int UNKNOWN_DIGITS = -1;

	private static final String MONEY_DIGITS = "cdcspring.money-digits";

	private static final String DELIMITER = "cdcspring.delimiter";

	private static final char USUAL_DELIMITER = ',';

	private static final String INEXACT_EQUALITY = "cdcspring.inexact-equality";

	private static final int BIT = 1560;

	/**
	 * Kinds by OID. PostgreSQL never changes the OIDs of built-in types. All other types
	 * are text.
	 * @see <a href=
	 * "https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat">PostgreSQL:
	 * pg_type.dat</a>
	 */
	private static final Map<Integer, PostgresTypeKind> kinds = Map.ofEntries(Map.entry(16, PostgresTypeKind.BOOLEAN),
			Map.entry(17, PostgresTypeKind.BYTES), Map.entry(20, PostgresTypeKind.BIGINT),
			Map.entry(21, PostgresTypeKind.SMALLINT), Map.entry(23, PostgresTypeKind.INTEGER),
			Map.entry(26, PostgresTypeKind.BIGINT), Map.entry(114, PostgresTypeKind.JSON),
			Map.entry(700, PostgresTypeKind.REAL), Map.entry(701, PostgresTypeKind.DOUBLE),
			Map.entry(790, PostgresTypeKind.MONEY), Map.entry(1082, PostgresTypeKind.DATE),
			Map.entry(1083, PostgresTypeKind.TIME), Map.entry(1114, PostgresTypeKind.TIMESTAMP),
			Map.entry(1184, PostgresTypeKind.TIMESTAMPTZ), Map.entry(1186, PostgresTypeKind.INTERVAL),
			Map.entry(1266, PostgresTypeKind.TIMETZ), Map.entry(BIT, PostgresTypeKind.BITS),
			Map.entry(1562, PostgresTypeKind.BITS), Map.entry(1700, PostgresTypeKind.NUMERIC),
			Map.entry(2950, PostgresTypeKind.UUID), Map.entry(3220, PostgresTypeKind.LSN),
			Map.entry(3802, PostgresTypeKind.JSON));

	private static final Map<Integer, PostgresTypeKind> elements = Map.ofEntries(
			Map.entry(1000, PostgresTypeKind.BOOLEAN), Map.entry(1001, PostgresTypeKind.BYTES),
			Map.entry(1016, PostgresTypeKind.BIGINT), Map.entry(1005, PostgresTypeKind.SMALLINT),
			Map.entry(1007, PostgresTypeKind.INTEGER), Map.entry(1028, PostgresTypeKind.BIGINT),
			Map.entry(199, PostgresTypeKind.JSON), Map.entry(1021, PostgresTypeKind.REAL),
			Map.entry(1022, PostgresTypeKind.DOUBLE), Map.entry(791, PostgresTypeKind.MONEY),
			Map.entry(1182, PostgresTypeKind.DATE), Map.entry(1183, PostgresTypeKind.TIME),
			Map.entry(1115, PostgresTypeKind.TIMESTAMP), Map.entry(1185, PostgresTypeKind.TIMESTAMPTZ),
			Map.entry(1187, PostgresTypeKind.INTERVAL), Map.entry(1270, PostgresTypeKind.TIMETZ),
			Map.entry(1561, PostgresTypeKind.BITS), Map.entry(1563, PostgresTypeKind.BITS),
			Map.entry(1231, PostgresTypeKind.NUMERIC), Map.entry(2951, PostgresTypeKind.UUID),
			Map.entry(3221, PostgresTypeKind.LSN), Map.entry(3807, PostgresTypeKind.JSON));

	/**
	 * Types that arrive as text and have one text for each value: character, network
	 * address, and range types, and the arrays of the former two. Types that extensions
	 * or applications define may compare in a way of their own, as {@code citext} does.
	 */
	private static final Set<Integer> exactTexts = Set.of(18, 19, 25, 650, 774, 829, 869, 1042, 1043, 3904, 3912, 3926,
			651, 775, 1002, 1003, 1009, 1014, 1015, 1040, 1041);

	/**
	 * Determine the type of a column.
	 * @param oid the OID of the type; for a domain, that of its base type
	 * @param typeName the name of the type. The connector qualifies it in a snapshot, but
	 * not in the stream, if its schema is not on the search path.
	 * @param array whether the type is an array
	 * @param length the length of the column
	 * @param hstore whether the type, or that of the array's elements, belongs to the
	 * extension {@code hstore}
	 * @return the type
	 */
	public static PostgresType of(int oid, String typeName, boolean array, int length, boolean hstore) {
		String name = unqualified(typeName);
		if (array || elements.containsKey(oid)) {
			PostgresTypeKind element = hstore ? PostgresTypeKind.HSTORE
					: elements.getOrDefault(oid, PostgresTypeKind.TEXT);
			return new PostgresType(PostgresTypeKind.ARRAY, element, name, isExact(element, oid), USUAL_DELIMITER,
					UNKNOWN_DIGITS);
		}
		if (oid == BIT && length == 1) {
			return new PostgresType(PostgresTypeKind.BIT, null, name, true, USUAL_DELIMITER, UNKNOWN_DIGITS);
		}
		PostgresTypeKind kind = hstore ? PostgresTypeKind.HSTORE : kinds.getOrDefault(oid, PostgresTypeKind.TEXT);
		return new PostgresType(kind, null, name, isExact(kind, oid), USUAL_DELIMITER, UNKNOWN_DIGITS);
	}

	/**
	 * Return the type of an array whose elements have another delimiter than a comma.
	 * @param delimiter the delimiter
	 * @return the type
	 */
	public PostgresType withDelimiter(char delimiter) {
		return new PostgresType(this.kind, this.element, this.name, this.exactEquality, delimiter, this.moneyDigits);
	}

	/** Whether the values are, or contain, values of {@code money}. */
	public boolean isMoney() {
		return this.kind == PostgresTypeKind.MONEY || this.element == PostgresTypeKind.MONEY;
	}

	/**
	 * Return the type with the fraction digits of the server's {@code lc_monetary}.
	 * @param moneyDigits the number of digits
	 * @return the type
	 */
	public PostgresType withMoneyDigits(int moneyDigits) {
		return new PostgresType(this.kind, this.element, this.name, this.exactEquality, this.delimiter, moneyDigits);
	}

	/**
	 * Parse PostgreSQL's text.
	 * @param text the text
	 * @return the raw form
	 */
	public Object parse(String text) {
		return (this.kind == PostgresTypeKind.MONEY && this.moneyDigits != UNKNOWN_DIGITS)
				? MoneyText.parse(text, this.moneyDigits) : this.kind.parse(text);
	}

	/**
	 * The name of a type without its schema.
	 * @param name the name, in double quotes if it is qualified
	 * @return the last part, without quotes
	 */
	public static String unqualified(String name) {
		if (!name.endsWith("\"")) {
			return name.substring(name.lastIndexOf('.') + 1);
		}
		int start = name.lastIndexOf(".\"");
		return name.substring((start >= 0) ? start + 2 : 1, name.length() - 1).replace("\"\"", "\"");
	}

	private static boolean isExact(PostgresTypeKind kind, int oid) {
		return switch (kind) {
			case TEXT -> exactTexts.contains(oid);
			// 1 mon equals 30 days, and JSON contains numbers of any scale
			case INTERVAL, JSON, HSTORE, ARRAY, FOREIGN -> false;
			default -> true;
		};
	}

	/**
	 * Write the type into the schema of a field, from which {@link #of(Schema)} reads it.
	 * @param schema the schema
	 */
	public void describe(SchemaBuilder schema) {
		schema.parameter(KIND, this.kind.name()).parameter(NAME, this.name);
		if (this.element != null) {
			schema.parameter(ELEMENT, this.element.name());
		}
		if (!this.exactEquality) {
			schema.parameter(INEXACT_EQUALITY, "true");
		}
		if (this.delimiter != USUAL_DELIMITER) {
			schema.parameter(DELIMITER, String.valueOf(this.delimiter));
		}
		if (this.moneyDigits != UNKNOWN_DIGITS) {
			schema.parameter(MONEY_DIGITS, String.valueOf(this.moneyDigits));
		}
	}

	/**
	 * Begin the schema of a field for values of this type. It is optional even if the
	 * column is NOT NULL: the previous row may lack it.
	 * @return a builder of the schema
	 */
	public SchemaBuilder schema() {
		SchemaBuilder schema = (this.kind == PostgresTypeKind.NUMERIC || this.kind == PostgresTypeKind.MONEY)
				? Decimal.builder(0) : SchemaBuilder.type(this.kind.connectType);
		describe(schema.optional());
		return schema;
	}

	/**
	 * Whether the schema of a field contains a type.
	 * @param schema the schema
	 */
	public static boolean isDescribedBy(Schema schema) {
		return schema.parameters() != null && schema.parameters().containsKey(KIND);
	}

	/**
	 * Read the type from the schema of a field.
	 * @param schema the schema; other converters describe no type
	 * @return the type
	 */
	public static PostgresType of(Schema schema) {
		Map<String, String> parameters = schema.parameters();
		if (parameters == null || !parameters.containsKey(KIND)) {
			return new PostgresType(PostgresTypeKind.of(schema), null,
					(schema.name() != null) ? schema.name() : schema.type().getName(), false, USUAL_DELIMITER,
					UNKNOWN_DIGITS);
		}
		String element = parameters.get(ELEMENT);
		return new PostgresType(PostgresTypeKind.valueOf(parameters.get(KIND)),
				(element != null) ? PostgresTypeKind.valueOf(element) : null,
				Objects.requireNonNull(parameters.get(NAME)), !parameters.containsKey(INEXACT_EQUALITY),
				parameters.getOrDefault(DELIMITER, String.valueOf(USUAL_DELIMITER)).charAt(0),
				Integer.parseInt(parameters.getOrDefault(MONEY_DIGITS, String.valueOf(UNKNOWN_DIGITS))));
	}

	/** The type of an array's elements. */
	PostgresType elementType() {
		PostgresTypeKind kind = (this.element != null) ? this.element : PostgresTypeKind.FOREIGN;
		return new PostgresType(kind, null, this.name.startsWith("_") ? this.name.substring(1) : this.name,
				this.exactEquality, USUAL_DELIMITER, this.moneyDigits);
	}

}
