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

package io.github.cdcspring.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.internal.listener.CdcListenerAnnotationBeanPostProcessor;
import io.github.cdcspring.internal.listener.InvalidListenerException;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.util.ClassUtils;

/**
 * Finds listeners that no engine knows of, because their beans were not created, or not
 * processed, before the engines start. They would never be called.
 */
class UnregisteredListeners implements ApplicationListener<ContextRefreshedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(UnregisteredListeners.class);

	private final ConfigurableListableBeanFactory beanFactory;

	UnregisteredListeners(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Check all bean definitions.
	 * @param registered the listeners that are known
	 * @throws InvalidListenerException if a bean has other listeners
	 */
	void refuse(Collection<ListenerEndpoint> registered) {
		refuseInParents();
		Set<String> beans = registered.stream().map(ListenerEndpoint::bean).collect(Collectors.toSet());
		Map<String, Class<?>> lazy = new LinkedHashMap<>();
		for (Iterator<String> names = this.beanFactory.getBeanNamesIterator(); names.hasNext();) {
			String name = names.next();
			BeanDefinition definition = definition(name);
			if (beans.contains(name) || (definition != null && definition.isAbstract())) {
				continue;
			}
			Class<?> type = this.beanFactory.getType(name, false);
			if (type == null) {
				continue;
			}
			if (CdcListenerAnnotationBeanPostProcessor.hasListeners(ClassUtils.getUserClass(type))) {
				throw unregistered(name, definition);
			}
			if (!this.beanFactory.containsSingleton(name) && definition != null && isOpen(type)) {
				lazy.put(name, type);
			}
		}
		if (!lazy.isEmpty()) {
			warnOfHidden(lazy, beans);
		}
	}

	/**
	 * Check the beans of the parent contexts, which are not processed here.
	 */
	private void refuseInParents() {
		BeanFactory parent = this.beanFactory.getParentBeanFactory();
		while (parent instanceof ConfigurableListableBeanFactory factory && !processesListeners(factory)) {
			String bean = listenerBean(factory);
			if (bean != null) {
				throw elsewhere(bean, "a parent");
			}
			parent = factory.getParentBeanFactory();
		}
	}

	/**
	 * Check the beans of a child context, which is refreshed after the engines were
	 * started.
	 * @throws InvalidListenerException if a bean has listeners
	 */
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		ApplicationContext context = event.getApplicationContext();
		if (context instanceof ConfigurableApplicationContext child && child.getBeanFactory() != this.beanFactory
				&& !processesListeners(child.getBeanFactory())) {
			String bean = listenerBean(child.getBeanFactory());
			if (bean != null) {
				throw elsewhere(bean, "a child");
			}
		}
	}

	private static boolean processesListeners(ConfigurableListableBeanFactory factory) {
		return factory.getBeanNamesForType(CdcListenerAnnotationBeanPostProcessor.class, true, false).length > 0;
	}

	private static @Nullable String listenerBean(ConfigurableListableBeanFactory factory) {
		for (Iterator<String> names = factory.getBeanNamesIterator(); names.hasNext();) {
			String name = names.next();
			boolean isAbstract = factory.containsBeanDefinition(name)
					&& factory.getMergedBeanDefinition(name).isAbstract();
			Class<?> type = isAbstract ? null : factory.getType(name, false);
			if (type != null && CdcListenerAnnotationBeanPostProcessor.hasListeners(ClassUtils.getUserClass(type))) {
				return name;
			}
		}
		return null;
	}

	private static InvalidListenerException elsewhere(String bean, String context) {
		return new InvalidListenerException(
				"Bean '" + bean + "' has @CdcListener methods that would never be called, " + "because it is in "
						+ context + " context of the one that starts the engines",
				"Move the bean to the context that has the auto-configuration of the starter.");
	}

	private @Nullable BeanDefinition definition(String name) {
		return this.beanFactory.containsBeanDefinition(name) ? this.beanFactory.getMergedBeanDefinition(name) : null;
	}

	private InvalidListenerException unregistered(String name, @Nullable BeanDefinition definition) {
		String problem = "Bean '" + name + "' has @CdcListener methods that would never be called, because ";
		if (definition == null) {
			return new InvalidListenerException(
					problem + "it was registered as an instance, which Spring does not process",
					"Register a bean definition instead.");
		}
		if (!definition.isSingleton()) {
			return new InvalidListenerException(problem + "it is not a singleton, so the instance to call is unknown",
					"Move the methods to a singleton bean.");
		}
		if (!this.beanFactory.containsSingleton(name)) {
			return new InvalidListenerException(problem + "it is lazy and was not created before the engines start",
					"Remove @Lazy, or use @Lazy(false).");
		}
		return new InvalidListenerException(problem
				+ "it was created before the post-processor of listeners, or by a FactoryBean that no bean asked",
				"Move the methods to a bean of their own, which no BeanPostProcessor needs.");
	}

	private static boolean isOpen(Class<?> type) {
		return type != Object.class && !type.isArray() && !Modifier.isFinal(type.getModifiers())
				&& !type.getName().startsWith("java.");
	}

	/**
	 * The class of a lazy bean that is declared by an interface or superclass is not
	 * known, so look for the classes of the application that it may have.
	 */
	private void warnOfHidden(Map<String, Class<?>> lazy, Set<String> beans) {
		Set<Class<?>> listeners = listenerClasses(packages(lazy));
		beans.forEach((bean) -> listeners.remove(AopUtils.getTargetClass(this.beanFactory.getBean(bean))));
		lazy.forEach((name, type) -> {
			for (Class<?> listener : listeners) {
				if (type.isAssignableFrom(listener)) {
					logger.warn("Bean '{}' is lazy and declared as {}. If it is a {}, its @CdcListener methods are "
							+ "never called. Declare that class as the return type of its bean method, or use "
							+ "@Lazy(false).", name, type.getName(), listener.getName());
				}
			}
		});
	}

	private Set<String> packages(Map<String, Class<?>> lazy) {
		Set<String> packages = new LinkedHashSet<>();
		if (AutoConfigurationPackages.has(this.beanFactory)) {
			packages.addAll(AutoConfigurationPackages.get(this.beanFactory));
		}
		lazy.forEach((name, type) -> {
			BeanDefinition definition = definition(name);
			String factory = (definition != null) ? definition.getFactoryBeanName() : null;
			Class<?> declaring = (factory != null) ? this.beanFactory.getType(factory, false) : null;
			if (declaring != null && !isOfLibrary(declaring)) {
				packages.add(ClassUtils.getPackageName(declaring));
			}
		});
		packages.remove("");
		return packages;
	}

	private static boolean isOfLibrary(Class<?> type) {
		return type.getName().startsWith("org.springframework.")
				|| MergedAnnotations.from(type).isPresent(AutoConfiguration.class);
	}

	private Set<Class<?>> listenerClasses(Set<String> packages) {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(UnregisteredListeners::hasListeners);
		Set<Class<?>> classes = new HashSet<>();
		for (String packageName : packages) {
			for (BeanDefinition found : scanner.findCandidateComponents(packageName)) {
				try {
					classes.add(ClassUtils.forName(String.valueOf(found.getBeanClassName()),
							this.beanFactory.getBeanClassLoader()));
				}
				catch (ClassNotFoundException | LinkageError ex) {
					logger.debug("Class {} cannot be loaded: {}", found.getBeanClassName(), ex.getMessage());
				}
			}
		}
		return classes;
	}

	private static boolean hasListeners(MetadataReader reader, MetadataReaderFactory factory) throws IOException {
		return reader.getAnnotationMetadata().hasAnnotatedMethods(CdcListener.class.getName())
				|| reader.getAnnotationMetadata().hasAnnotatedMethods(CdcListener.class.getName() + "s");
	}

}
