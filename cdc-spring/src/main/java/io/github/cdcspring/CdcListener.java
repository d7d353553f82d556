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
 * Marks a method of a bean that receives changes. The method may declare these
 * parameters, in any order:
 * <ul>
 * <li>the row, as a record or bean of the application ({@code Order order}): the row
 * after the change, or the deleted row;</li>
 * <li>the row before the change, with {@link Before @Before};</li>
 * <li>{@link ChangeEvent ChangeEvent&lt;Order&gt;}, the complete event;</li>
 * <li>{@link Operation}, {@link TableId}, {@link RowKey}, {@link EventPosition},
 * {@link Lsn}, {@link LogicalMessage}, or {@link java.time.Instant} for the commit
 * time;</li>
 * <li>a {@code java.util.Map<String, Object>} for a row without a type of its own;</li>
 * <li>a {@link java.util.List} of rows or events for a batch, as the only parameter.</li>
 * </ul>
 * Delivery is at-least-once, so a listener must be idempotent: an event may be delivered
 * more than once. If several listeners receive an event, they are called in the order of
 * Spring's {@link org.springframework.core.annotation.Order Order} annotation on the
 * methods. All string attributes may contain placeholders ({@code ${...}}). The
 * annotation may be used as a meta-annotation.
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
	 * Return the tables: {@code orders} (in schema {@code public}), {@code sales.orders},
	 * or a pattern in which {@code *} stands for any characters of a name
	 * ({@code sales.*}, {@code public.order_*}). Write names as PostgreSQL stores them.
	 * @return the tables
	 */
	@AliasFor("value")
	String[] tables() default {};

	/**
	 * Return the operations. By default, a listener of tables receives
	 * {@link Operation#CREATE}, {@link Operation#UPDATE}, {@link Operation#DELETE} and
	 * {@link Operation#READ}, but not {@link Operation#TRUNCATE}.
	 * @return the operations
	 */
	Operation[] operations() default {};

	/**
	 * Return the columns of which one must have changed for an update to be received.
	 * Write names as PostgreSQL stores them. The table needs
	 * {@code REPLICA IDENTITY FULL}, because the comparison needs the previous row.
	 * @return the columns, empty to receive every update
	 */
	String[] columns() default {};

	/**
	 * Return the prefixes of the logical messages to receive.
	 * @return the prefixes
	 */
	String[] messages() default {};

	/**
	 * Whether this listener receives all events in the order of the stream, one after the
	 * other, even if {@code cdc.listener.concurrency} is above 1. By default, that order
	 * applies to the events of each key.
	 * @return {@code true} for the order of the stream
	 */
	boolean inStreamOrder() default false;

	/**
	 * Whether a method with a list receives each transaction of the source database in
	 * one call, with all events that the listener subscribes to, in their order. The
	 * transactions are delivered one after the other, whatever the concurrency. Rows of a
	 * snapshot are delivered in lists as they are read. A transaction is held in memory,
	 * so {@code cdc.listener.max-transaction-size} limits its size: a larger transaction
	 * makes the engine fail with an explanatory error.
	 * @return {@code true} for whole transactions
	 */
	boolean wholeTransactions() default false;

	/**
	 * Return the id, which is unique among the listeners. Logs, metrics and health use
	 * it.
	 * @return the id, by default {@code bean.method}
	 */
	String id() default "";

	/**
	 * Return what happens to an event that this listener failed to process in all
	 * attempts: {@code stop}, {@code park} or {@code skip}.
	 * @return the action, by default that of {@code cdc.listener.on-failure}
	 */
	String onFailure() default "";

	/**
	 * Return the engine that feeds this listener, a key of {@code cdc.engines}.
	 * @return the engine, by default the one that {@code cdc.*} configures
	 */
	String engine() default "";

}
