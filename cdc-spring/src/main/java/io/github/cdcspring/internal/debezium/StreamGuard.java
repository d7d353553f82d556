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

package io.github.cdcspring.internal.debezium;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.LeaseGuard;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.support.FailPoint;
import io.github.cdcspring.offset.OffsetStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Lets the events of a run be delivered only while its stream lives and no other instance
 * has taken over. A process that was paused finds its stream dead only after a while, so
 * a confirmation that is older than the lease is renewed before the next delivery.
 */
final class StreamGuard extends LeaseGuard {

	/**
	 * Shorter than any sensible {@code wal_sender_timeout}, and longer than the interval
	 * at which offsets are usually stored, so that a busy engine asks nothing more.
	 */
	private static final Duration LEASE = Duration.ofSeconds(2);

	private final String slot;

	private final OffsetSession session;

	private volatile Consumer<Throwable> kill = this::end;

	private volatile boolean killed;

	private volatile Supplier<@Nullable Throwable> streamFailure = () -> null;

	/**
	 * Create a guard.
	 * @param slot the slot of the run
	 * @param session the offset session of the run
	 */
	StreamGuard(String slot, OffsetSession session) {
		super(LEASE);
		this.slot = slot;
		this.session = session;
	}

	/**
	 * Watch the stream that Debezium has opened.
	 * @param failure returns what has ended the stream, {@code null} while it lives
	 */
	void watch(Supplier<@Nullable Throwable> failure) {
		this.streamFailure = failure;
	}

	/**
	 * Set what ends the run at a point where it is killed.
	 * @param kill takes the failure
	 */
	void killBy(Consumer<Throwable> kill) {
		this.kill = kill;
	}

	/** Whether the run was killed, so that it must not store anything any more. */
	boolean isKilled() {
		return this.killed;
	}

	/**
	 * Pass a point at which the run may be killed.
	 * @return what to do
	 */
	FailPoint.Action pass(FailPoint point, Lsn lsn) {
		FailPoint.Action action = point.action(this.slot, lsn);
		if (action == FailPoint.Action.KILL) {
			this.killed = true;
			this.kill.accept(new CdcException("The test has killed the run at " + point));
		}
		return action;
	}

	@Override
	public void handled() {
		if (pass(FailPoint.AFTER_HANDLED, Lsn.ZERO) == FailPoint.Action.KILL) {
			check();
		}
	}

	/**
	 * Return what has cut the stream off, {@code null} while it lives. An event that
	 * cannot be read does not: what precedes it is delivered.
	 */
	@Nullable Throwable streamFailure() {
		Throwable failure = this.streamFailure.get();
		return UnreadableEventException.isCauseOf(failure) ? null : failure;
	}

	/** Whether the stream ends before an event that cannot be read. */
	boolean endsAtUnreadableEvent() {
		return UnreadableEventException.isCauseOf(this.streamFailure.get());
	}

	@Override
	protected @Nullable Throwable failure() {
		return streamFailure();
	}

	/**
	 * A store that cannot be reached cannot tell that another instance has taken over.
	 */
	@Override
	protected synchronized @Nullable Throwable renew() {
		if (!isExpired()) {
			return null;
		}
		try {
			long asked = System.nanoTime();
			this.session.verify();
			confirmed(asked);
			return null;
		}
		catch (OffsetStoreException ex) {
			return ex;
		}
		catch (RuntimeException | Error ex) {
			return new OffsetStoreException("The offset store could not tell whether another instance has taken over, "
					+ "because of " + ex.getClass().getName() + ". Delivery stops, and the engine asks again when it "
					+ "restarts. Check the store.", ex);
		}
	}

}
