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

import java.lang.reflect.Type;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.settings.OnFailure;
import org.jspecify.annotations.Nullable;

/**
 * One {@link io.github.cdcspring.CdcListener @CdcListener}: what it asks for and the
 * method that receives it.
 *
 */
public final class ListenerEndpoint {

	private final String id;

	private final ListenerLocation location;

	private final Subscription subscription;

	private final ListenerMethod method;

	private final int order;

	ListenerEndpoint(String id, ListenerLocation location, Subscription subscription, ListenerMethod method,
			int order) {
		this.id = id;
		this.location = location;
		this.subscription = subscription;
		this.method = method;
		this.order = order;
		refuseWhatCannotCome();
	}

	/** A parameter that would be {@code null} for every event is a mistake. */
	private void refuseWhatCannotCome() {
		ListenerParameter element = this.method.batchElement();
		boolean row = this.method.takes(ListenerParameter.Row.class) || element instanceof ListenerParameter.Row;
		boolean before = this.method.takes(ListenerParameter.RowBefore.class);
		boolean messages = !messages().isEmpty();
		if (messages && (row || before)) {
			throw this.location.refuse("receives logical messages but takes a row, which a message does not have",
					"Take LogicalMessage or ChangeEvent<...> instead, or receive messages in another method.");
		}
		if (!messages && (this.method.parameters().contains(ListenerParameter.Fact.MESSAGE)
				|| element == ListenerParameter.Fact.MESSAGE)) {
			throw this.location.refuse("takes LogicalMessage but names no messages, so it would always be null",
					"Name their prefixes in 'messages', or take the row instead.");
		}
		if (!tables().isEmpty() && element == ListenerParameter.Fact.MESSAGE) {
			throw this.location.refuse(
					"takes a batch of LogicalMessage but names tables, whose events are not messages",
					"Take List<ChangeEvent<...>>, or receive messages in another method.");
		}
		if (wholeTransactions() && element == null) {
			throw this.location.refuse("has 'wholeTransactions' but takes no list",
					"Take List<ChangeEvent<...>>, or remove 'wholeTransactions'.");
		}
		if (row && operations().equals(Set.of(Operation.TRUNCATE))) {
			throw this.location.refuse("takes a row but receives only TRUNCATE, which has none",
					"Take TableId or ChangeEvent<...> instead, or add operations.");
		}
		if (before && !operations().contains(Operation.UPDATE) && !operations().contains(Operation.DELETE)) {
			throw this.location.refuse("takes a row @Before but receives neither updates nor deletes",
					"Add UPDATE or DELETE to 'operations', or remove the parameter.");
		}
	}

	/**
	 * The name that is unique among the listeners.
	 * @return the id, by default {@code bean.method}
	 */
	public String id() {
		return this.id;
	}

	/**
	 * The engine whose events this listener receives.
	 * @return the engine's name, {@link ListenerRegistry#DEFAULT_ENGINE} by default
	 */
	public String engine() {
		return this.subscription.engine();
	}

	/**
	 * Describe the listener method, for messages.
	 * @return text like {@code method 'on' of bean 'orders'}
	 */
	public String describe() {
		return this.location.toString();
	}

	/**
	 * Return the name of the listener's bean.
	 * @return the name
	 */
	public String bean() {
		return this.location.bean();
	}

	/**
	 * The tables whose changes are received.
	 * @return the patterns, empty for a listener of messages alone
	 */
	public List<TablePattern> tables() {
		return this.subscription.tables();
	}

	/**
	 * The operations that the listener receives, including the defaults.
	 * @return the operations, never empty
	 */
	public Set<Operation> operations() {
		return this.subscription.operations();
	}

	/** Whether the listener names its operations, and does not receive the defaults. */
	boolean namesOperations() {
		return this.subscription.operationsNamed();
	}

	/**
	 * The columns of which at least one must have changed in an update.
	 * @return the columns, empty if the listener receives every update
	 */
	public Set<String> columns() {
		return this.subscription.columns();
	}

	/**
	 * The logical messages that are received.
	 * @return their prefixes, each compared as a whole
	 */
	public Set<String> messages() {
		return this.subscription.messages();
	}

	/**
	 * Return what happens to an event after the listener's last attempt failed.
	 * @return the policy, {@code null} for that of the engine's settings
	 */
	public @Nullable OnFailure onFailure() {
		return this.subscription.onFailure();
	}

	/**
	 * Whether the listener depends on rows before the change, which the server sends
	 * whole only for a table with {@code REPLICA IDENTITY FULL}.
	 * @return {@code true} for a {@code @Before} parameter or a choice of columns
	 */
	public boolean wantsRowBefore() {
		return !columns().isEmpty() || this.method.takes(ListenerParameter.RowBefore.class);
	}

	/**
	 * Whether events are collected and received as a list.
	 * @return {@code true} if they are
	 */
	public boolean batch() {
		return this.method.batchElement() != null;
	}

	/**
	 * Return whether the listener receives events in the order of the stream, whatever
	 * the concurrency.
	 * @return {@code true} if it does
	 */
	public boolean inStreamOrder() {
		return this.subscription.inStreamOrder();
	}

	/**
	 * Return whether each list contains exactly one transaction.
	 * @return {@code true} if it does
	 */
	public boolean wholeTransactions() {
		return this.subscription.wholeTransactions();
	}

	/**
	 * Whether the listener receives an operation on a table, its choice of columns aside.
	 * @param operation the operation
	 * @param table the table
	 * @return {@code true} if it does
	 */
	public boolean matches(Operation operation, TableId table) {
		return this.subscription.receives(operation, table);
	}

	/** Whether the listener receives rows of a table. */
	boolean receivesRows(TableId table) {
		return this.subscription.receivesRows(table);
	}

	/** Whether the listener names a table without a wildcard. */
	boolean names(TableId table) {
		return this.subscription.names(table);
	}

	/**
	 * Whether the listener receives the logical messages of a prefix.
	 * @param prefix the prefix
	 * @return {@code true} if it does
	 */
	public boolean matchesMessage(String prefix) {
		return messages().contains(prefix);
	}

	int order() {
		return this.order;
	}

	List<ListenerParameter> parameters() {
		return this.method.parameters();
	}

	/** The types of the rows that the method takes. */
	Set<Type> rowTypes() {
		return this.method.rowTypes();
	}

	void invoke(@Nullable Object[] arguments) throws Throwable {
		this.method.invoke(arguments);
	}

	@Override
	public String toString() {
		return "Listener '" + this.id + "' (" + this.location + ")";
	}

}
