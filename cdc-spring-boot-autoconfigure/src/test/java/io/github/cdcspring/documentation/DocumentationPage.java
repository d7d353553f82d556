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

package io.github.cdcspring.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.testsupport.DocumentedSql;

/**
 * A page of the documentation, in Markdown as GitHub renders it.
 *
 * @param path the file
 * @param text its content
 */
record DocumentationPage(Path path, String text) {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$");

	private static final Pattern NOT_PROSE = Pattern.compile("(?m)^(\\||#| {4}|!\\[|<!--|:?-{3}).*$");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

	private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

	private static final Pattern SENTENCE_END = Pattern
		.compile("[.?!](?=[\\s*_)]|$)|\\n\\s*\\n|\\n(?=\\s*([-*]|\\d+\\.) )");

	static DocumentationPage of(String name) {
		Path path = ROOT.resolve(name);
		try {
			return new DocumentationPage(path, Files.readString(path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static List<DocumentationPage> all() {
		try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
			return Stream
				.concat(Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md",
						"samples/orders/README.md", "samples/ledger/README.md", "samples/kafka/README.md"),
						docs.filter((file) -> file.toString().endsWith(".md"))
							.map((file) -> ROOT.relativize(file).toString())
							.sorted())
				.map(DocumentationPage::of)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The statements of the SQL block that a comment marks as tested. */
	List<String> statements(String mark) {
		return DocumentedSql.statements(this.text, mark);
	}

	/** The anchors of the headings, numbered where a heading comes again. */
	Set<String> anchors() {
		Set<String> anchors = new TreeSet<>();
		HEADING.matcher(withoutCode()).results().map((heading) -> slug(heading.group(1))).forEach((slug) -> {
			String anchor = slug;
			for (int i = 1; !anchors.add(anchor); i++) {
				anchor = slug + "-" + i;
			}
		});
		return anchors;
	}

	private static String slug(String heading) {
		return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}\\s_-]", "").replace(' ', '-');
	}

	/** The links to files of this repository, relative to the page. */
	List<String> links() {
		return LINK.matcher(withoutCode())
			.results()
			.map((link) -> link.group(1))
			.filter((link) -> !link.contains("://"))
			.toList();
	}

	/** Where a link leads to, {@code null} if nowhere. */
	boolean leadsSomewhere(String link) {
		String[] parts = link.split("#", 2);
		Path target = parts[0].isEmpty() ? this.path : this.path.resolveSibling(parts[0]).normalize();
		if (!Files.exists(target)) {
			return false;
		}
		return parts.length == 1 || of(ROOT.relativize(target).toString()).anchors().contains(parts[1]);
	}

	/** The lengths of the sentences outside of code and tables, in words. */
	List<Integer> sentences() {
		String prose = NOT_PROSE.matcher(withoutCode()).replaceAll("").replaceAll("`[^`]*`", "code");
		return SENTENCE_END.splitAsStream(prose)
			.map((sentence) -> (int) Pattern.compile("[\\p{L}\\p{N}][^\\s]*").matcher(sentence).results().count())
			.filter((words) -> words > 0)
			.toList();
	}

	private String withoutCode() {
		return CODE.matcher(this.text).replaceAll("");
	}

	Set<String> matches(String expression) {
		return Pattern.compile(expression)
			.matcher(this.text)
			.results()
			.map((MatchResult match) -> match.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Override
	public String toString() {
		return ROOT.relativize(this.path).toString();
	}

}
