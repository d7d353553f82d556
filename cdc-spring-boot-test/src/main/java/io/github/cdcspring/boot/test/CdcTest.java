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

package io.github.cdcspring.boot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Annotation for a test of listeners only. Of the application's components it has those
 * with {@link io.github.cdcspring.CdcListener @CdcListener} methods, interceptors,
 * converters and offset stores; import what they depend on with
 * {@link org.springframework.context.annotation.Import @Import}. Auto-configured are the
 * starter, the {@code DataSource}, JDBC, transactions, migrations, JSON and Kafka, and
 * what {@link AutoConfigureCdcTest} describes.
 * <p>
 * The test runs in no transaction: only what is committed reaches listeners.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(CdcTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(CdcTypeExcludeFilter.class)
@AutoConfigureCdc
@AutoConfigureCdcTest
@ImportAutoConfiguration
public @interface CdcTest {

	/**
	 * Return properties of the form {@code key=value} for the environment.
	 * @return the properties
	 */
	String[] properties() default {};

	/**
	 * Return whether only listeners and what belongs to them are included.
	 * @return {@code false} to include nothing by default
	 */
	boolean useDefaultFilters() default true;

	/**
	 * Return filters of further components to include.
	 * @return the filters
	 */
	ComponentScan.Filter[] includeFilters() default {};

	/**
	 * Return filters of components to exclude.
	 * @return the filters
	 */
	ComponentScan.Filter[] excludeFilters() default {};

	/**
	 * Return whether the engines start with the application.
	 * @return {@code false} to deliver events with {@link CdcTestEngine}
	 */
	@AliasFor(annotation = AutoConfigureCdcTest.class, attribute = "startEngines")
	boolean startEngines() default true;

	/**
	 * Return auto-configurations to exclude.
	 * @return the classes
	 */
	@AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
	Class<?>[] excludeAutoConfiguration() default {};

}
