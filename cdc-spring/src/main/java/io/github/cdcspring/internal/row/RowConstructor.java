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

import java.beans.ConstructorProperties;
import java.beans.PropertyDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

/**
 * A constructor whose parameters are the columns of a row: that of a record, the only one
 * of an immutable class, or the primary one of a Kotlin class. The names of the
 * parameters come from the compiler ({@code -parameters}), {@link ConstructorProperties}
 * or Kotlin's metadata.
 */
final class RowConstructor {

	private static final String DEFAULTS_MARKER = "kotlin.jvm.internal.DefaultConstructorMarker";

	private final Constructor<?> constructor;

	/** Kotlin's constructor that fills parameters by their defaults, if there is one. */
	private final @Nullable Constructor<?> withDefaults;

	private final List<RowProperty> properties;

	private RowConstructor(Constructor<?> constructor, List<RowProperty> properties) {
		this.constructor = constructor;
		this.withDefaults = withDefaults(constructor);
		this.properties = properties;
	}

	/**
	 * Find the constructor to use.
	 * @return the constructor, {@code null} if rows are to be set through setters
	 */
	static @Nullable RowConstructor find(ResolvableType type) {
		Class<?> target = type.resolve(Object.class);
		if (target.isRecord()) {
			return ofRecord(type, canonicalConstructor(target));
		}
		Constructor<?> constructor = constructor(target);
		return (constructor != null) ? ofClass(type, constructor) : null;
	}

	private static @Nullable Constructor<?> constructor(Class<?> target) {
		List<Constructor<?>> all = Stream.<Constructor<?>>of(target.getDeclaredConstructors())
			.filter((constructor) -> !constructor.isSynthetic())
			.toList();
		List<Constructor<?>> full = all.stream().filter((constructor) -> constructor.getParameterCount() > 0).toList();
		boolean bean = full.size() < all.size();
		Constructor<?> primary = BeanUtils.findPrimaryConstructor(target);
		boolean setters = bean && hasSetters(target);
		if (primary != null && primary.getParameterCount() > 0) {
			return (setters && !fillsMoreThanSetters(target, primary)) ? null : primary;
		}
		if (setters) {
			return null;
		}
		List<Constructor<?>> named = full.stream()
			.filter((constructor) -> constructor.isAnnotationPresent(ConstructorProperties.class))
			.toList();
		if (full.size() == 1) {
			return full.get(0);
		}
		return (!bean && named.size() == 1) ? named.get(0) : null;
	}

	private static boolean hasSetters(Class<?> target) {
		return Arrays.stream(BeanUtils.getPropertyDescriptors(target))
			.anyMatch((property) -> property.getWriteMethod() != null);
	}

	/**
	 * A Kotlin class whose properties all have defaults has a constructor without
	 * parameters, too, which would leave the read-only ones at their defaults.
	 */
	private static boolean fillsMoreThanSetters(Class<?> target, Constructor<?> primary) {
		boolean more = names(primary).stream()
			.map((name) -> BeanUtils.getPropertyDescriptor(target, name))
			.anyMatch((property) -> property == null || property.getWriteMethod() == null);
		return more && IntStream.range(0, primary.getParameterCount())
			.allMatch((i) -> new MethodParameter(primary, i).isOptional());
	}

	private static Constructor<?> canonicalConstructor(Class<?> type) {
		Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
			.map(RecordComponent::getType)
			.toArray(Class<?>[]::new);
		try {
			return type.getDeclaredConstructor(parameters);
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException("A record has its canonical constructor", ex);
		}
	}

	private static RowConstructor ofRecord(ResolvableType type, Constructor<?> constructor) {
		Class<?> owner = constructor.getDeclaringClass();
		List<RowProperty> properties = new ArrayList<>();
		RecordComponent[] components = owner.getRecordComponents();
		for (int i = 0; i < components.length; i++) {
			RecordComponent component = components[i];
			Stream<@Nullable AnnotatedElement> elements = Stream.of(component, component.getAnnotatedType(),
					component.getAccessor(), constructor.getParameters()[i],
					ReflectionUtils.findField(owner, component.getName()));
			properties.add(RowProperty.of(owner, component.getName(),
					ResolvableType.forType(component.getGenericType(), type), elements.filter(Objects::nonNull)));
		}
		return new RowConstructor(constructor, properties);
	}

	private static RowConstructor ofClass(ResolvableType type, Constructor<?> constructor) {
		Class<?> owner = constructor.getDeclaringClass();
		List<String> names = names(constructor);
		boolean kotlin = KotlinDetector.isKotlinReflectPresent() && KotlinDetector.isKotlinType(owner);
		List<RowProperty> properties = new ArrayList<>();
		for (int i = 0; i < names.size(); i++) {
			RowProperty property = RowProperty.of(owner, names.get(i),
					ResolvableType.forType(constructor.getGenericParameterTypes()[i], type),
					elements(owner, names.get(i), constructor.getParameters()[i]));
			properties.add(kotlin ? property.ofKotlin(new MethodParameter(constructor, i).isOptional()) : property);
		}
		return new RowConstructor(constructor, properties);
	}

	private static Stream<AnnotatedElement> elements(Class<?> owner, String name, Parameter parameter) {
		Field field = ReflectionUtils.findField(owner, name);
		PropertyDescriptor property = BeanUtils.getPropertyDescriptor(owner, name);
		Stream<@Nullable AnnotatedElement> elements = Stream.of(field,
				(property != null) ? property.getReadMethod() : null, parameter, parameter.getAnnotatedType());
		return elements.filter(Objects::nonNull);
	}

	private static List<String> names(Constructor<?> constructor) {
		try {
			List<String> names = new ArrayList<>();
			for (String name : BeanUtils.getParameterNames(constructor)) {
				names.add(Objects.requireNonNull(name));
			}
			return names;
		}
		catch (IllegalStateException ex) {
			throw new RowMappingException(
					"Cannot map rows to " + constructor.getDeclaringClass().getName()
							+ ": the names of its constructor's parameters are unknown.",
					"Compile it with -parameters (Kotlin: -java-parameters, or add kotlin-reflect), or annotate the "
							+ "constructor with @ConstructorProperties.");
		}
	}

	private static @Nullable Constructor<?> withDefaults(Constructor<?> constructor) {
		Class<?>[] types = constructor.getParameterTypes();
		return Stream.<Constructor<?>>of(constructor.getDeclaringClass().getDeclaredConstructors())
			.filter(Constructor::isSynthetic)
			.filter((other) -> isWithDefaults(types, other.getParameterTypes()))
			.findFirst()
			.orElse(null);
	}

	private static boolean isWithDefaults(Class<?>[] types, Class<?>[] other) {
		return other.length == types.length + masks(types.length) + 1
				&& other[other.length - 1].getName().equals(DEFAULTS_MARKER)
				&& Arrays.equals(types, Arrays.copyOf(other, types.length));
	}

	private static int masks(int parameters) {
		return (parameters + Integer.SIZE - 1) / Integer.SIZE;
	}

	Class<?> type() {
		return this.constructor.getDeclaringClass();
	}

	List<RowProperty> properties() {
		return this.properties;
	}

	/**
	 * Return a handle that takes an array of all arguments.
	 * @param missing the parameters without a column, which get their default if they
	 * have one
	 */
	MethodHandle handle(BitSet missing) {
		int parameters = this.constructor.getParameterCount();
		MethodHandle handle = handle(this.constructor);
		if (this.withDefaults != null && !missing.isEmpty()) {
			handle = handle(this.withDefaults);
			handle = MethodHandles.insertArguments(handle, parameters, defaultsFor(missing, parameters));
			handle = withoutPrimitives(handle, missing);
		}
		return handle.asSpreader(Object[].class, parameters)
			.asType(MethodType.methodType(Object.class, Object[].class));
	}

	/** The arguments for Kotlin's bit masks, and null for its marker. */
	private static @Nullable Object[] defaultsFor(BitSet missing, int parameters) {
		@Nullable Object[] masks = new Object[masks(parameters) + 1];
		for (int i = 0; i < masks.length - 1; i++) {
			int mask = 0;
			for (int bit = 0; bit < Integer.SIZE; bit++) {
				mask |= missing.get(i * Integer.SIZE + bit) ? 1 << bit : 0;
			}
			masks[i] = mask;
		}
		return masks;
	}

	/** A parameter that gets its default takes null, even if it is primitive. */
	private static MethodHandle withoutPrimitives(MethodHandle handle, BitSet missing) {
		MethodHandle result = handle;
		for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
			Class<?> type = result.type().parameterType(i);
			if (type.isPrimitive()) {
				MethodHandle zero = MethodHandles.dropArguments(MethodHandles.zero(type), 0, Object.class);
				result = MethodHandles.filterArguments(result, i, zero);
			}
		}
		return result;
	}

	private static MethodHandle handle(Constructor<?> constructor) {
		try {
			constructor.setAccessible(true);
			return MethodHandles.lookup().unreflectConstructor(constructor);
		}
		catch (IllegalAccessException | RuntimeException ex) {
			throw new RowMappingException(
					"Cannot map rows to " + constructor.getDeclaringClass().getName()
							+ ": its constructor cannot be called (" + ex.getClass().getSimpleName() + ").",
					"Open its package to this module.");
		}
	}

}
