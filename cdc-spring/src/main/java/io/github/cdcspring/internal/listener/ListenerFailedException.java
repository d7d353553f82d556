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

import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * A listener failed to process an event in all attempts, or could not be called. The
 * message names listener, table, operation, key hash, LSN and transaction, but contains
 * no row data. The message of the cause may contain some: it is the listener's exception,
 * or the reason why the listener could not be called.
 */
public class ListenerFailedException extends CdcException {

	private final String problem;

	private final @Nullable Lsn processedPast;

	private final Set<TableId> backfilled;

	private final @Nullable FailedDelivery delivery;

	/**
	 * Create an exception for a failure that does not pass by itself.
	 * @param problem which listener failed at which event
	 * @param action what happens to the event and what to do, one or two sentences
	 * @param cause the exception of the listener
	 */
	public ListenerFailedException(String problem, String action, Throwable cause) {
		this(problem, action, cause, null, null);
	}

	/**
	 * Create an exception.
	 * @param problem which listener failed at which event
	 * @param action what happens to the event and what to do, one or two sentences
	 * @param cause the exception of the listener
	 * @param passing the events of the call in any order if the failure may pass by
	 * itself, {@code null} if it does not
	 * @param delivery the delivery that failed, {@code null} if no listener was called
	 */
	ListenerFailedException(String problem, String action, Throwable cause, @Nullable List<Change> passing,
			@Nullable FailedDelivery delivery) {
		super(withoutFullStop(problem) + ". " + action, cause);
		this.problem = withoutFullStop(problem);
		List<Change> events = (passing != null) ? passing : List.of();
		this.processedPast = events.stream()
			.map(ListenerFailedException::end)
			.max(Comparator.naturalOrder())
			.orElse(null);
		this.backfilled = Lsn.ZERO.equals(this.processedPast)
				? events.stream().map(Change::table).collect(Collectors.toUnmodifiableSet()) : Set.of();
		this.delivery = delivery;
	}

	private static Lsn end(Change change) {
		return change.snapshot() ? change.lsn() : change.position().previousCommitLsn();
	}

	private static String withoutFullStop(String sentence) {
		return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
	}

	/**
	 * Return which listener failed at which event.
	 * @return the problem, without a full stop
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Return when the last of the events is processed, if the failure may pass by itself.
	 * @return the LSN that the stored offset must have passed, {@link Lsn#ZERO} for a row
	 * of a backfill, which has no place in the stream, {@code null} for a failure that
	 * does not pass: an error, an event that cannot be mapped, or an exception that the
	 * application excludes from retries
	 */
	public @Nullable Lsn processedPast() {
		return this.processedPast;
	}

	/**
	 * Return the tables of the events, if all are rows of a backfill.
	 * @return the tables, none if an event has a place in the stream
	 */
	public Set<TableId> backfilled() {
		return this.backfilled;
	}

	/**
	 * Return the delivery that failed.
	 * @return the delivery, {@code null} if no listener was called or none is to blame
	 * alone
	 */
	public @Nullable FailedDelivery delivery() {
		return this.delivery;
	}

	/**
	 * Return the class of the cause.
	 * @return the name of the class
	 */
	public String causeType() {
		Throwable cause = getCause();
		return ((cause != null) ? cause : this).getClass().getName();
	}

	/**
	 * Return the cause in a form that may be logged: the classes and stack traces of the
	 * cause and its own causes, without their messages.
	 * @return the cause, {@code null} if there is none
	 */
	public @Nullable Throwable loggableCause() {
		return Trace.of(getCause(), Collections.newSetFromMap(new IdentityHashMap<>()));
	}

	/**
	 * An exception without its message.
	 */
	private static final class Trace extends Throwable {

		private Trace(Throwable original, @Nullable Throwable cause) {
			super(original.getClass().getName(), cause);
			setStackTrace(original.getStackTrace());
		}

		static @Nullable Trace of(@Nullable Throwable original, Set<Throwable> seen) {
			return (original != null && seen.add(original)) ? new Trace(original, of(original.getCause(), seen)) : null;
		}

		@Override
		public String toString() {
			return String.valueOf(getMessage());
		}

	}

}
