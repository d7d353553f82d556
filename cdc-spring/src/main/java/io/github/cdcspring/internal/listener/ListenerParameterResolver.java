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

import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Before;
import io.github.cdcspring.ChangeEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;

/**
 * Decides from a parameter's type what it takes, and refuses what cannot be given.
 */
final class ListenerParameterResolver {

	/** Says what the type variables of an inherited method stand for. */
	private final ResolvableType targetType;

	private final ListenerLocation location;

	ListenerParameterResolver(Class<?> targetClass, ListenerLocation location) {
		this.targetType = ResolvableType.forClass(targetClass);
		this.location = location;
	}

	ListenerParameter resolve(MethodParameter parameter) {
		ResolvableType type = ResolvableType.forMethodParameter(parameter, this.targetType);
		Class<?> raw = type.resolve();
		String where = "has the parameter " + name(parameter) + " of type " + type.getType().getTypeName();
		boolean before = parameter.hasParameterAnnotation(Before.class);
		if (raw == List.class && !before) {
			return new ListenerParameter.Batch(element(type, where));
		}
		ListenerParameter.@Nullable Fact fact = (raw != null) ? ListenerParameter.Fact.of(raw) : null;
		if (before && (raw == ChangeEvent.class || raw == List.class || fact != null)) {
			throw this.location.refuse(where + " with @Before, which is only for a row", "Remove @Before.");
		}
		if (raw == ChangeEvent.class) {
			return new ListenerParameter.Event(eventRow(type, where));
		}
		if (fact != null) {
			return fact;
		}
		Type row = row(type, where);
		return before ? new ListenerParameter.RowBefore(row) : new ListenerParameter.Row(row);
	}

	private ListenerParameter element(ResolvableType list, String where) {
		ResolvableType element = list.getGeneric(0);
		Class<?> raw = element.resolve();
		if (list.getType() instanceof Class || (raw == null && element.getType() instanceof WildcardType)) {
			throw this.location.refuse(where + ", whose element type is unknown",
					"Declare it, as in List<ChangeEvent<Order>>.");
		}
		String what = where + ", a batch of " + element.getType().getTypeName();
		if (raw == ChangeEvent.class) {
			return new ListenerParameter.Event(eventRow(element, what));
		}
		ListenerParameter.@Nullable Fact fact = (raw != null) ? ListenerParameter.Fact.of(raw) : null;
		if (fact != null && fact != ListenerParameter.Fact.MESSAGE) {
			throw this.location.refuse(what + ", but a batch can contain only rows, events or messages",
					"Take List<ChangeEvent<Order>>, whose elements contain it.");
		}
		return (fact != null) ? fact : new ListenerParameter.Row(row(element, what));
	}

	private Type eventRow(ResolvableType event, String where) {
		ResolvableType row = event.getGeneric(0);
		boolean any = event.getType() instanceof Class
				|| (row.resolve() == null && row.getType() instanceof WildcardType);
		return any ? Map.class : row(row, where + ", with rows of " + row.getType().getTypeName());
	}

	private Type row(ResolvableType type, String where) {
		Class<?> raw = type.resolve();
		if (raw == Map.class) {
			return map(type, where);
		}
		String reason = (raw != null) ? whyNoRow(raw) : "an unresolved type variable";
		if (raw == null || reason != null) {
			throw this.location.refuse(where + ", which cannot be a row: it is " + reason,
					"Take a record or a class of your own, Map<String, Object>, ChangeEvent<...>, or one of "
							+ "Operation, TableId, RowKey, EventPosition, Lsn, LogicalMessage and Instant.");
		}
		return type.hasGenerics() ? ResolvableType.forClassWithGenerics(raw, type.getGenerics()).getType() : raw;
	}

	private Type map(ResolvableType type, String where) {
		Class<?> key = type.getGeneric(0).resolve();
		Class<?> value = type.getGeneric(1).resolve();
		boolean rowMap = type.getType() instanceof Class || (key == String.class
				&& (value == Object.class || type.getGeneric(1).getType() instanceof WildcardType));
		if (!rowMap) {
			throw this.location.refuse(where + ", but a row as a map has column names as keys and values of any type",
					"Take Map<String, Object>.");
		}
		return Map.class;
	}

	private static @Nullable String whyNoRow(Class<?> type) {
		if (type.isPrimitive()) {
			return "a primitive type";
		}
		if (type.isArray()) {
			return "an array";
		}
		if (type.isEnum()) {
			return "an enum";
		}
		if (type.isInterface()) {
			return "an interface";
		}
		if (type.getName().startsWith("java.") || type.getName().startsWith("kotlin.")) {
			return "a type of the platform";
		}
		if (Modifier.isAbstract(type.getModifiers())) {
			return "an abstract class";
		}
		if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
			return "an inner class that is not static";
		}
		return null;
	}

	private static String name(MethodParameter parameter) {
		Parameter reflected = parameter.getParameter();
		return reflected.isNamePresent() ? "'" + reflected.getName() + "'"
				: "number " + (parameter.getParameterIndex() + 1);
	}

}
