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

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.CdcListeners;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.util.StringValueResolver;

/**
 * Finds the {@link CdcListener @CdcListener} methods of beans and registers them with the
 * {@link ListenerRegistry}. It refuses a listener that cannot work before anything is
 * received.
 * <p>
 * It sees bean definitions only to be called after all other post-processors, so that it
 * registers the bean as its users see it, with every proxy around it.
 *
 */
public class CdcListenerAnnotationBeanPostProcessor
		implements MergedBeanDefinitionPostProcessor, BeanFactoryAware, Ordered {

	private static final Comparator<Method> BY_SIGNATURE = Comparator.comparing(Method::getName)
		.thenComparing((method) -> Arrays.toString(method.getParameterTypes()));

	private final ObjectProvider<ListenerRegistry> registry;

	private final Set<Class<?>> classesWithout = ConcurrentHashMap.newKeySet();

	private @Nullable BeanFactory beanFactory;

	private StringValueResolver values = (text) -> text;

	/**
	 * Create a post-processor.
	 * @param registry takes the listeners; asked for when the first one is found
	 */
	public CdcListenerAnnotationBeanPostProcessor(ObjectProvider<ListenerRegistry> registry) {
		this.registry = registry;
	}

	/**
	 * Return whether a class has a listener. A bean of such a class must not be lazy,
	 * because no other bean may ask for it.
	 * @param type the class
	 * @return {@code true} if it has
	 */
	public static boolean hasListeners(Class<?> type) {
		return !listeners(type).isEmpty();
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		if (beanFactory instanceof ConfigurableBeanFactory configurable) {
			this.values = new EmbeddedValueResolver(configurable);
		}
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition beanDefinition, Class<?> beanType, String beanName) {
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Class<?> targetClass = AopProxyUtils.ultimateTargetClass(bean);
		if (this.classesWithout.contains(targetClass)) {
			return bean;
		}
		Map<Method, List<CdcListener>> listeners = listeners(targetClass);
		if (listeners.isEmpty()) {
			this.classesWithout.add(targetClass);
			return bean;
		}
		register(bean, beanName, targetClass, listeners);
		return bean;
	}

	static Map<Method, List<CdcListener>> listeners(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, List.of(CdcListener.class, CdcListeners.class))) {
			return Map.of();
		}
		return MethodIntrospector.selectMethods(type, CdcListenerAnnotationBeanPostProcessor::annotations);
	}

	/**
	 * Of a method that overrides others, the nearest one that has the annotation decides.
	 */
	private static @Nullable List<CdcListener> annotations(Method method) {
		List<CdcListener> nearest = new ArrayList<>();
		int aggregate = -1;
		for (MergedAnnotation<CdcListener> annotation : MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.stream(CdcListener.class)
			.toList()) {
			if (aggregate == -1 || aggregate == annotation.getAggregateIndex()) {
				aggregate = annotation.getAggregateIndex();
				nearest.add(annotation.synthesize());
			}
		}
		return nearest.isEmpty() ? null : nearest;
	}

	private void register(Object bean, String beanName, Class<?> targetClass,
			Map<Method, List<CdcListener>> listeners) {
		Map<String, Integer> numbers = new HashMap<>();
		// The JVM gives methods in no order, but default ids must be the same at every
		// start
		for (Map.Entry<Method, List<CdcListener>> entry : listeners.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByKey(BY_SIGNATURE))
			.toList()) {
			Method method = entry.getKey();
			ListenerLocation location = new ListenerLocation(beanName, method.getName());
			refuseUnlessSingleton(bean, location);
			ListenerMethod listenerMethod = ListenerMethod.of(bean, method, targetClass, location);
			Integer order = OrderUtils.getOrder(method);
			for (CdcListener annotation : entry.getValue()) {
				Subscription subscription = Subscription.of(annotation, listenerMethod.rowTypes(), this.values,
						location);
				String id = subscription.id().isEmpty() ? defaultId(location, numbers) : subscription.id();
				this.registry.getObject()
					.register(new ListenerEndpoint(id, location, subscription, listenerMethod,
							(order != null) ? order : Ordered.LOWEST_PRECEDENCE));
			}
		}
	}

	private void refuseUnlessSingleton(Object bean, ListenerLocation location) {
		BeanFactory factory = this.beanFactory;
		boolean singleton = factory == null || !factory.containsBean(location.bean())
				|| factory.isSingleton(location.bean());
		if (!singleton || bean instanceof ScopedObject) {
			throw location.refuse("belongs to a bean that is not a singleton, so the instance to call is unknown",
					"Move the method to a singleton bean.");
		}
	}

	private static String defaultId(ListenerLocation location, Map<String, Integer> numbers) {
		int number = numbers.merge(location.method(), 1, Integer::sum);
		return location.bean() + "." + location.method() + ((number > 1) ? "#" + number : "");
	}

}
