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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/types.md} says is tested: each row of its table of types has cases in
 * {@link PostgresTypesTests}, by snapshot and by stream, and a comment below each of its
 * paragraphs names the tests of its statements.
 */
class DocumentationTypesTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final String PAGE = read(ROOT.resolve("docs/types.md"));

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	/** Other names than those of the cases. */
	private static final Map<String, List<String>> NAMES = Map.ofEntries(Map.entry("boolean", List.of("bool")),
			Map.entry("smallint", List.of("int2")), Map.entry("integer", List.of("int4")),
			Map.entry("serial", List.of("int4")), Map.entry("bigint", List.of("int8")),
			Map.entry("real", List.of("float4")), Map.entry("double precision", List.of("float8")),
			Map.entry("varchar", List.of("varchar(10)")), Map.entry("char(n)", List.of("char(5)")),
			Map.entry("bit(1)", List.of("bit")), Map.entry("bit(1)[]", List.of()),
			Map.entry("bit(n)", List.of("bit(10)")), Map.entry("enum types", List.of("mood")),
			Map.entry("composite types", List.of("address")),
			Map.entry("range and multirange types",
					List.of("int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange",
							"int4multirange")),
			Map.entry("domains", List.of("amount", "tags")),
			Map.entry("arrays of all of these",
					List.of("int4[]", "int2[]", "int8[]", "oid[]", "float4[]", "float8[]", "numeric[]", "bool[]",
							"text[]", "bytea[]", "date[]", "time[]", "timetz[]", "timestamp[]", "timestamptz[]",
							"interval[]", "uuid[]", "jsonb[]", "inet[]", "money[]", "xml[]", "bit(1)[]", "varbit[]",
							"point[]", "box[]", "int4range[]", "pg_lsn[]", "hstore[]")),
			Map.entry("arrays of domains, enums and composite types, and of other types with their own delimiter",
					List.of("amount[]", "mood[]", "address[]")),
			Map.entry("anything else", List.of("jsonpath")));

	static List<List<String>> rows() {
		return PAGE.lines()
			.dropWhile((line) -> !line.startsWith("| PostgreSQL |"))
			.skip(2)
			.takeWhile((line) -> line.startsWith("|"))
			.map((line) -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
			.map((cells) -> cells.subList(1, 4))
			.toList();
	}

	@ParameterizedTest
	@MethodSource("rows")
	void rowOfTheTableHasCases(List<String> row) {
		Map<String, List<PostgresTypesTests.Case>> cases = cases(row.get(0));
		assertThat(cases).isNotEmpty();
		Set<String> natural = types(row.get(1));
		cases.forEach((type, values) -> {
			assertThat(values).as(type).isNotEmpty();
			assertThat(values).as("natural type of %s", type)
				.allMatch((value) -> natural.isEmpty() || natural.stream().anyMatch(value::isNaturally));
		});
		List<PostgresTypesTests.Case> all = cases.values().stream().flatMap(List::stream).toList();
		assertThat(natural).allMatch((type) -> all.stream().anyMatch((value) -> value.isNaturally(type)));
		assertThat(types(row.get(2))).allMatch((type) -> all.stream().anyMatch((value) -> value.isAlso(type)));
	}

	@Test
	void thereAreRows() {
		assertThat(rows()).hasSizeGreaterThan(30);
	}

	private static Map<String, List<PostgresTypesTests.Case>> cases(String cell) {
		Map<String, List<PostgresTypesTests.Case>> cases = new LinkedHashMap<>();
		List<String> names = NAMES.containsKey(cell) ? NAMES.get(cell)
				: code(cell).stream().flatMap((name) -> NAMES.getOrDefault(name, List.of(name)).stream()).toList();
		for (String name : names) {
			cases.put(name, PostgresTypesTests.cases().stream().filter((each) -> each.isOfType(name)).toList());
		}
		return cases;
	}

	private static Set<String> code(String cell) {
		return CODE.matcher(cell)
			.results()
			.map((MatchResult code) -> code.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/** The Java types. */
	private static Set<String> types(String cell) {
		return code(cell).stream()
			.map((code) -> code.replaceAll("<.*>", ""))
			.filter((code) -> code.matches("(java\\.\\w+\\.)?[A-Z]\\w*(\\[])*|[a-z]+(\\[])+"))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/** Each paragraph, list and table, with the comment below it. */
	static Stream<List<String>> paragraphs() {
		String text = PAGE.replaceAll("(?ms)^```.*?^```$", "").replaceAll("(?m)^( {4}|\t).*$", "");
		List<String> blocks = Arrays.stream(text.split("\\n\\s*\\n"))
			.map(String::strip)
			.filter((block) -> !block.isEmpty() && !block.startsWith("#"))
			.toList();
		List<List<String>> paragraphs = new ArrayList<>();
		for (int i = 0; i < blocks.size(); i++) {
			if (!blocks.get(i).startsWith("<!--")) {
				paragraphs.add(blocks.subList(i, Math.min(i + 2, blocks.size())));
			}
		}
		return paragraphs.stream();
	}

	@ParameterizedTest
	@MethodSource("paragraphs")
	void paragraphNamesItsTests(List<String> paragraph) {
		String comment = paragraph.get(paragraph.size() - 1);
		assertThat(comment).startsWith("<!-- tests: ").endsWith(" -->");
		String names = comment.substring("<!-- tests: ".length(), comment.length() - " -->".length());
		assertThat(names.split("[\\s,]+")).isNotEmpty().allSatisfy((name) -> {
			String[] parts = name.split("#");
			assertThat(source(parts[0])).contains("void " + parts[1] + "(");
		});
	}

	private static String source(String test) {
		try (Stream<Path> modules = Files.list(ROOT)) {
			for (Path tests : modules.map((module) -> module.resolve("src/test/java"))
				.filter(Files::isDirectory)
				.toList()) {
				try (Stream<Path> files = Files.walk(tests)) {
					Path found = files.filter((file) -> file.endsWith(test + ".java")).findAny().orElse(null);
					if (found != null) {
						return read(found);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		throw new AssertionError("no test " + test);
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
