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

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import io.github.cdcspring.Column;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.StringUtils;

/**
 * Reads the names of tables and columns from annotations of JPA and Spring Data. They are
 * found by name, so neither is needed.
 */
public final class MappedNames {

	private static final Set<String> COLUMNS = Set.of("jakarta.persistence.Column", "javax.persistence.Column",
			"org.springframework.data.relational.core.mapping.Column");

	private static final Set<String> JPA_TABLES = Set.of("jakarta.persistence.Table", "javax.persistence.Table");

	private static final String SPRING_DATA_TABLE = "org.springframework.data.relational.core.mapping.Table";

	/**
	 * Annotations of properties that are not columns, or that another library creates
	 * from one.
	 */
	private static final Set<String> NO_COLUMN = Set.of("Transient", "OneToMany", "ManyToMany", "OneToOne", "ManyToOne",
			"ElementCollection", "Embedded", "EmbeddedId", "MappedCollection", "JoinColumn");

	/** A capital begins a word only if another character of the word follows. */
	private static final Pattern BEFORE_WORD = Pattern
		.compile("(?<=[\\p{javaLowerCase}\\p{javaDigit}])(?=\\p{javaUpperCase}[\\p{javaLowerCase}\\p{javaDigit}])");

	private MappedNames() {
	}

	/** The column that {@link Column @Column} of the starter names. */
	static @Nullable String ownColumn(AnnotatedElement element) {
		Column annotation = element.getAnnotation(Column.class);
		return (annotation != null) ? annotation.value() : null;
	}

	/** The column that an annotation of JPA or Spring Data names. */
	static @Nullable String mappedColumn(AnnotatedElement element) {
		for (Annotation annotation : element.getAnnotations()) {
			if (COLUMNS.contains(annotation.annotationType().getName())) {
				return name(annotation);
			}
		}
		return null;
	}

	/** Whether an annotation, or {@code transient}, says that a property is no column. */
	static boolean isNoColumn(AnnotatedElement element) {
		if (element instanceof Field field && Modifier.isTransient(field.getModifiers())) {
			return true;
		}
		for (Annotation annotation : element.getAnnotations()) {
			if (NO_COLUMN.contains(annotation.annotationType().getSimpleName())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The table that an annotation of JPA or Spring Data names, as a pattern of
	 * {@link io.github.cdcspring.CdcListener#tables() @CdcListener}. JPA's names are
	 * changed as Hibernate's snake case strategy changes them, which Spring Boot sets: to
	 * lower case, with an underscore before each word, and for each dot.
	 * @param type the annotated class
	 * @return the table, {@code null} if no annotation names one
	 */
	public static @Nullable String mappedTable(Class<?> type) {
		for (Annotation annotation : type.getAnnotations()) {
			String kind = annotation.annotationType().getName();
			boolean jpa = JPA_TABLES.contains(kind);
			String table = (jpa || kind.equals(SPRING_DATA_TABLE)) ? name(annotation) : null;
			if (table != null) {
				String schema = text(annotation, "schema");
				return ((schema != null) ? pattern(schema, jpa) + "." : "") + pattern(table, jpa);
			}
		}
		return null;
	}

	private static String pattern(String name, boolean jpa) {
		String exact = unquoted(name);
		if (jpa && exact.equals(name)) {
			exact = BEFORE_WORD.matcher(name.replace('.', '_')).replaceAll("_").toLowerCase(Locale.ROOT);
		}
		return '"' + exact.replace("\"", "\"\"") + '"';
	}

	private static @Nullable String name(Annotation annotation) {
		String name = text(annotation, "name");
		return (name != null) ? name : text(annotation, "value");
	}

	private static @Nullable String text(Annotation annotation, String attribute) {
		return (AnnotationUtils.getValue(annotation, attribute) instanceof String text && StringUtils.hasText(text))
				? text : null;
	}

	/** The name without the quotes of JPA. */
	static String unquoted(String name) {
		boolean quoted = name.length() > 2
				&& (name.startsWith("\"") && name.endsWith("\"") || name.startsWith("`") && name.endsWith("`"));
		return quoted ? name.substring(1, name.length() - 1) : name;
	}

}
