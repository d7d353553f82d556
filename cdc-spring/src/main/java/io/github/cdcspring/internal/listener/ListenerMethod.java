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

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.scheduling.annotation.Async;

/**
 * The method of a bean, checked and ready to be called.
 */
final class ListenerMethod {

	private final MethodHandle handle;

	private final List<ListenerParameter> parameters;

	private ListenerMethod(MethodHandle handle, List<ListenerParameter> parameters) {
		this.handle = handle;
		this.parameters = parameters;
	}

	static ListenerMethod of(Object bean, Method method, Class<?> targetClass, ListenerLocation location) {
		refuseUncallable(bean, method, location);
		refuseAsynchronous(method, targetClass, location);
		List<ListenerParameter> parameters = parameters(method, targetClass, location);
		return new ListenerMethod(handle(bean, method, location), parameters);
	}

	private static void refuseUncallable(Object bean, Method method, ListenerLocation location) {
		if (Modifier.isStatic(method.getModifiers())) {
			throw location.refuse("is static, so no proxy can intercept the call", "Remove 'static'.");
		}
		if (Modifier.isPrivate(method.getModifiers())) {
			throw location.refuse("is private, so no proxy can intercept the call", "Remove 'private'.");
		}
		if (AopUtils.isCglibProxy(bean) && Modifier.isFinal(method.getModifiers())) {
			throw location.refuse("is final, but the bean is proxied by a subclass, which cannot override it",
					"Remove 'final'.");
		}
	}

	/**
	 * What is not done when the method returns would be acknowledged before it is done.
	 */
	private static void refuseAsynchronous(Method method, Class<?> targetClass, ListenerLocation location) {
		if (KotlinDetector.isSuspendingFunction(method)) {
			throw location.refuse("is a suspending function, which may return before its work is finished",
					"Finish the work before the method returns, because the event is acknowledged then.");
		}
		Class<?> type = method.getReturnType();
		if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)
				|| Flow.Publisher.class.isAssignableFrom(type)
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null) {
			throw location.refuse(
					"returns " + type.getName() + ", whose work may continue after the method has returned",
					"Finish the work before the method returns, because the event is acknowledged then.");
		}
		if (AnnotatedElementUtils.hasAnnotation(method, Async.class)
				|| AnnotatedElementUtils.hasAnnotation(targetClass, Async.class)) {
			throw location.refuse("is @Async, so its work continues after the call has returned",
					"Remove @Async, because the event is acknowledged when the method returns.");
		}
	}

	private static List<ListenerParameter> parameters(Method method, Class<?> targetClass, ListenerLocation location) {
		ListenerParameterResolver resolver = new ListenerParameterResolver(targetClass, location);
		List<ListenerParameter> parameters = new ArrayList<>();
		for (MethodParameter parameter : new AnnotatedMethod(method).getMethodParameters()) {
			parameters.add(resolver.resolve(parameter));
		}
		if (parameters.size() > 1 && count(parameters, ListenerParameter.Batch.class) > 0) {
			throw location.refuse("takes a list and other parameters",
					"Take List<ChangeEvent<...>> only, whose elements contain the other values.");
		}
		if (count(parameters, ListenerParameter.Row.class) > 1) {
			throw location.refuse("takes more than one row", "Mark the parameter for the previous row with @Before.");
		}
		if (count(parameters, ListenerParameter.RowBefore.class) > 1) {
			throw location.refuse("takes more than one row @Before", "Remove all but one.");
		}
		return List.copyOf(parameters);
	}

	private static long count(List<ListenerParameter> parameters, Class<? extends ListenerParameter> kind) {
		return parameters.stream().filter(kind::isInstance).count();
	}

	private static MethodHandle handle(Object bean, Method method, ListenerLocation location) {
		Method invocable = invocable(bean, method, location);
		try {
			invocable.setAccessible(true);
			MethodHandle handle = MethodHandles.lookup().unreflect(invocable).bindTo(bean).asFixedArity();
			return handle.asSpreader(Object[].class, invocable.getParameterCount())
				.asType(MethodType.methodType(void.class, Object[].class));
		}
		catch (IllegalAccessException | InaccessibleObjectException ex) {
			throw location.refuse("cannot be called from another package", "Make method and class public.");
		}
	}

	private static Method invocable(Object bean, Method method, ListenerLocation location) {
		try {
			return MethodIntrospector.selectInvocableMethod(method, bean.getClass());
		}
		catch (IllegalStateException ex) {
			throw location.refuse(
					"cannot be called: the bean is a JDK proxy, and none of its interfaces has the method",
					"Add the method to an interface of the bean, or proxy the class "
							+ "(spring.aop.proxy-target-class=true, or proxyTargetClass=true in the annotation that enables "
							+ "the proxy).");
		}
	}

	List<ListenerParameter> parameters() {
		return this.parameters;
	}

	boolean takes(Class<? extends ListenerParameter> kind) {
		return count(this.parameters, kind) > 0;
	}

	/** The types of the rows that the method takes. */
	Set<Type> rowTypes() {
		return rowTypes(this.parameters);
	}

	/** The types of the rows that a method takes, without a bean to call it on. */
	static Set<Type> rowTypes(Method method, Class<?> targetClass, ListenerLocation location) {
		return rowTypes(parameters(method, targetClass, location));
	}

	private static Set<Type> rowTypes(List<ListenerParameter> parameters) {
		Set<Type> types = new LinkedHashSet<>();
		for (ListenerParameter parameter : parameters) {
			Type type = parameter.rowType();
			if (type != null) {
				types.add(type);
			}
		}
		return types;
	}

	/**
	 * What the elements of the batch take, {@code null} for a method that takes no batch.
	 */
	@Nullable ListenerParameter batchElement() {
		return (this.parameters.size() == 1 && this.parameters.get(0) instanceof ListenerParameter.Batch batch)
				? batch.element() : null;
	}

	void invoke(@Nullable Object[] arguments) throws Throwable {
		this.handle.invokeExact(arguments);
	}

}
