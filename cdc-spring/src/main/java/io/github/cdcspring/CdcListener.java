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

package io.github.cdcspring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Marks a bean method that receives changes. Its parameters may stand in any order:
 * <ul>
 * <li>the row, as a record or bean of the application ({@code Order order}): as it is
 * now, of a delete as it was;</li>
 * <li>{@link Before @Before} the row before the change;</li>
 * <li>{@link ChangeEvent ChangeEvent&lt;Order&gt;} with all there is to know;</li>
 * <li>{@link Operation}, {@link TableId}, {@link RowKey}, {@link EventPosition},
 * {@link Lsn}, {@link LogicalMessage}, {@link java.time.Instant} (the commit time);</li>
 * <li>a {@code java.util.Map<String, Object>} for a row without a type;</li>
 * <li>a {@link java.util.List} of rows or events for a batch, as the only parameter.</li>
 * </ul>
 * Several listeners may receive one event; Spring's
 * {@link org.springframework.core.annotation.Order Order} annotation on the methods says
 * in which order. All string attributes take placeholders ({@code ${...}}). May be used
 * as a meta-annotation.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(CdcListeners.class)
public @interface CdcListener {

	/**
	 * Alias for {@link #tables()}.
	 * @return the tables
	 */
	@AliasFor("tables")
	String[] value() default {};

	/**
	 * The tables: {@code orders} (in schema {@code public}), {@code sales.orders}, or
	 * with {@code *} for any characters of a name ({@code sales.*},
	 * {@code public.order_*}). Names are as PostgreSQL stores them.
	 * @return the tables
	 */
	@AliasFor("value")
	String[] tables() default {};

	/**
	 * The operations. By default a listener with tables receives what happens to rows:
	 * create, update, delete and (from a snapshot) read. Truncate is received where it is
	 * named.
	 * @return the operations
	 */
	Operation[] operations() default {};

	/**
	 * Receive an update only if one of these columns changed. Names are as PostgreSQL
	 * stores them. Telling what changed takes the row before: the table needs
	 * {@code REPLICA IDENTITY FULL}.
	 * @return the columns
	 */
	String[] columns() default {};

	/**
	 * Receive logical messages with one of these prefixes.
	 * @return the prefixes
	 */
	String[] messages() default {};

	/**
	 * Whether this listener receives its events in the order of the stream, one after
	 * another, also where {@code cdc.listener.concurrency} is above one. Without it, that
	 * order holds among the events of one key.
	 * @return {@code true} for the order of the stream
	 */
	boolean inStreamOrder() default false;

	/**
	 * Whether a method that takes a list receives each transaction of the source whole,
	 * in one call: those of its events that the listener asks for, in their order. The
	 * transactions come one after another, whatever the concurrency; rows of a snapshot
	 * come in lists as they are read. A transaction is held in memory, so it may not be
	 * larger than {@code cdc.listener.max-transaction-size}: the engine fails at a larger
	 * one, with words that say so.
	 * @return {@code true} for whole transactions
	 */
	boolean wholeTransactions() default false;

	/**
	 * A name that is unique among the listeners, for logs, metrics and health.
	 * @return the name, by default {@code bean.method}
	 */
	String id() default "";

	/**
	 * What becomes of an event at which this listener failed for good: {@code stop},
	 * {@code park} or {@code skip}.
	 * @return what becomes of it, by default what {@code cdc.listener.on-failure} says
	 */
	String onFailure() default "";

	/**
	 * The engine that feeds this listener, a key of {@code cdc.engines}.
	 * @return the engine, by default the one that {@code cdc.*} itself describes
	 */
	String engine() default "";

}
