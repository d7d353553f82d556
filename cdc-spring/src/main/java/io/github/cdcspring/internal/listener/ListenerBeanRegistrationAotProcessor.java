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

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.Set;

import io.github.cdcspring.CdcListener;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Registers what a native image must keep for the {@link CdcListener @CdcListener}
 * methods of a bean: the methods, and the members of their row types that a mapper uses.
 */
class ListenerBeanRegistrationAotProcessor implements BeanRegistrationAotProcessor {

	private final BindingReflectionHintsRegistrar rows = new BindingReflectionHintsRegistrar();

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
		Set<Method> methods = CdcListenerAnnotationBeanPostProcessor.listeners(type).keySet();
		if (methods.isEmpty()) {
			return null;
		}
		Set<Type> rowTypes = new LinkedHashSet<>();
		for (Method method : methods) {
			rowTypes.addAll(
					ListenerMethod.rowTypes(method, type, new ListenerLocation(bean.getBeanName(), method.getName())));
		}
		return (context, code) -> {
			ReflectionHints hints = context.getRuntimeHints().reflection();
			methods.forEach((method) -> registerMethod(hints, method, type));
			rowTypes.forEach((row) -> registerRow(hints, row));
		};
	}

	/** A JDK proxy is called through the interface. */
	private static void registerMethod(ReflectionHints hints, Method method, Class<?> type) {
		hints.registerMethod(method, ExecutableMode.INVOKE);
		hints.registerMethod(ClassUtils.getInterfaceMethodIfPossible(method, type), ExecutableMode.INVOKE);
	}

	/**
	 * A field may have the annotation that names a column, also in a superclass. Spring
	 * registers an array without the type of its elements.
	 */
	private void registerRow(ReflectionHints hints, Type row) {
		this.rows.registerReflectionHints(hints, row);
		Class<?> type = ResolvableType.forType(row).toClass();
		while (!type.getName().startsWith("java.")) {
			hints.registerType(type, MemberCategory.ACCESS_DECLARED_FIELDS);
			for (Field field : type.getDeclaredFields()) {
				if (field.getType().isArray()) {
					this.rows.registerReflectionHints(hints, field.getType().getComponentType());
				}
			}
			type = type.getSuperclass();
		}
	}

}
