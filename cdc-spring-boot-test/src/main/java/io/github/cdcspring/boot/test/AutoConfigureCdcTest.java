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

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

/**
 * Prepares an application with listeners for its tests, such as one of
 * {@link org.springframework.boot.test.context.SpringBootTest @SpringBootTest}. Each test
 * context gets a database of its own on an embedded PostgreSQL server, a slot and a
 * publication of its own, and the beans {@link CdcScenario} and {@link CdcTestEngine}.
 * Database, slot and publication are dropped when the context closes.
 * <p>
 * One server serves all contexts of a JVM. If a {@code @ServiceConnection} or another
 * {@code JdbcConnectionDetails} bean provides a database, that one is used instead; its
 * server needs {@code wal_level=logical}.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
@PropertyMapping("cdc-test")
public @interface AutoConfigureCdcTest {

	/**
	 * Return whether the embedded server replaces the database that
	 * {@code spring.datasource.*} describes.
	 * @return {@code false} to use the application's own database
	 */
	boolean embeddedDatabase() default true;

	/**
	 * Return whether the engines start with the application.
	 * @return {@code false} to deliver events with {@link CdcTestEngine}
	 */
	boolean startEngines() default true;

}
