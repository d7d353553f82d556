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

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.CdcEngineRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A test of listeners on a real server, in three steps: change the database, wait until
 * the listeners have processed what was committed, and verify.
 *
 * <pre>{@code
 * scenario.stimulate(() -> jdbc.sql("INSERT INTO orders …").update())
 *     .andWaitForChanges()
 *     .andVerify((rows) -> assertThat(totals.of("ada")).isEqualTo("12.50"));
 * }</pre>
 *
 * The wait is for a position in the write-ahead log, not for a time. If it does not end,
 * the failure says what the engine does instead, and has what listeners threw as
 * suppressed exceptions. Obtain the bean by injection. It is immutable, and controls the
 * default engine.
 *
 * @since 0.1.0
 */
public final class CdcScenario {

	private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

	private final CdcEngineRegistry engines;

	private final ListenerFailures failures;

	private final String engine;

	private final Duration timeout;

	private final @Nullable KillPoint killPoint;

	CdcScenario(CdcEngineRegistry engines, ListenerFailures failures, String engine) {
		this(engines, failures, engine, DEFAULT_TIMEOUT, null);
	}

	private CdcScenario(CdcEngineRegistry engines, ListenerFailures failures, String engine, Duration timeout,
			@Nullable KillPoint killPoint) {
		this.engines = engines;
		this.failures = failures;
		this.engine = engine;
		this.timeout = timeout;
		this.killPoint = killPoint;
	}

	/**
	 * Return a scenario of another engine.
	 * @param engine the engine's name
	 * @return the scenario
	 */
	public CdcScenario onEngine(String engine) {
		return new CdcScenario(this.engines, this.failures, engine, this.timeout, this.killPoint);
	}

	/**
	 * Return a scenario that waits for another time than 30 seconds.
	 * @param timeout the maximum time of each wait
	 * @return the scenario
	 */
	public CdcScenario withTimeout(Duration timeout) {
		return new CdcScenario(this.engines, this.failures, this.engine, timeout, this.killPoint);
	}

	/**
	 * Return a scenario whose engine is killed while it processes the changes of the
	 * stimulus, and started again: nothing more is stored, flushed or delivered from that
	 * point on, and its connections break.
	 * @param point where the engine is killed
	 * @return the scenario
	 */
	public CdcScenario killAt(KillPoint point) {
		return new CdcScenario(this.engines, this.failures, this.engine, this.timeout, point);
	}

	/**
	 * Wait until the listeners have processed everything that is committed now, and the
	 * existing rows that a snapshot or a backfill reads. Parked and skipped events count
	 * as processed.
	 * @throws AssertionError if they have not, with what keeps the engine from that
	 */
	public void awaitCaughtUp() {
		try (EngineStream stream = open()) {
			awaitCaughtUp(stream);
		}
	}

	/** What is committed before would be read as an existing row. */
	private void awaitStreaming(EngineStream stream) {
		try {
			stream.awaitStreaming();
		}
		catch (AssertionError ex) {
			throw this.failures.addTo(ex, this.engine);
		}
	}

	private void awaitCaughtUp(EngineStream stream) {
		try {
			stream.awaitCaughtUp();
		}
		catch (AssertionError ex) {
			throw this.failures.addTo(ex, this.engine);
		}
	}

	/**
	 * Begin with a change of the database. It must be committed when the method returns.
	 * @param stimulus makes the change
	 * @return the next step
	 */
	public Stimulated<@Nullable Void> stimulate(Stimulus stimulus) {
		return new Stimulated<>(() -> {
			stimulus.run();
			return null;
		});
	}

	/**
	 * Begin with a change of the database that has a result. It must be committed when
	 * the method returns.
	 * @param stimulus makes the change
	 * @param <T> the type of the result
	 * @return the next step
	 */
	public <T extends @Nullable Object> Stimulated<T> stimulateAndGet(Callable<T> stimulus) {
		return new Stimulated<>(stimulus);
	}

	/**
	 * Assert that the listeners leave the same state behind if all events of a change are
	 * delivered twice: the engine is killed after they have processed them and before it
	 * stores the offset, and started again.
	 * @param stimulus changes the database, so that listeners receive events
	 * @param state returns what the listeners have done, as an object with {@code equals}
	 * @throws AssertionError if the state differs
	 */
	public void assertIdempotent(Stimulus stimulus, Supplier<?> state) {
		Object[] first = new Object[1];
		killAt(KillPoint.BEFORE_STORED).run(() -> {
			stimulus.run();
			return null;
		}, () -> first[0] = state.get());
		Object second = state.get();
		if (!Objects.deepEquals(first[0], second)) {
			throw this.failures.addTo(new AssertionError("The listeners of engine '" + this.engine
					+ "' are not idempotent. After one delivery of the events, the state is\n  " + first[0]
					+ "\nand after two\n  " + second), this.engine);
		}
	}

	private <T extends @Nullable Object> T run(Callable<T> stimulus, Runnable whenKilled) {
		this.failures.forget(this.engine);
		try (EngineStream stream = open()) {
			if (this.killPoint == null) {
				awaitStreaming(stream);
				T result = call(stimulus);
				awaitCaughtUp(stream);
				return result;
			}
			awaitCaughtUp(stream);
			T result = kill(stream, stimulus, this.killPoint);
			whenKilled.run();
			engine().restart();
			awaitCaughtUp(stream);
			return result;
		}
	}

	private <T extends @Nullable Object> T kill(EngineStream stream, Callable<T> stimulus, KillPoint point) {
		try (Kill kill = Kill.arm(engine().settings().slot().name(), point)) {
			T result = call(stimulus);
			kill.target(stream.end());
			stream.await(() -> {
				stream.mark();
				return kill.isDone();
			}, "did not reach " + point
					+ " (a listener must receive an event of the stimulus, and process it successfully)");
			return result;
		}
		catch (AssertionError ex) {
			throw this.failures.addTo(ex, this.engine);
		}
	}

	private static <T extends @Nullable Object> T call(Callable<T> stimulus) {
		try {
			return stimulus.call();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new AssertionError("The stimulus failed", ex);
		}
	}

	/** What a test writes in its own transaction is rolled back, and never sent. */
	private EngineStream open() {
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			throw new IllegalStateException("The test runs in a transaction, so what it writes is not committed and no "
					+ "listener receives it. Remove @Transactional from the test.");
		}
		return EngineStream.open(engine(), this.timeout);
	}

	private CdcEngine engine() {
		CdcEngine engine = this.engines.engine(this.engine);
		if (engine == null) {
			throw new IllegalStateException("There is no engine '" + this.engine
					+ "'. An engine needs a bean with a @CdcListener method, and starts unless startEngines is false.");
		}
		return engine;
	}

	/**
	 * Changes the database.
	 */
	@FunctionalInterface
	public interface Stimulus {

		/**
		 * Change the database, and commit.
		 * @throws Exception if that fails
		 */
		void run() throws Exception;

	}

	/**
	 * The change of a scenario, which is made when the scenario waits for it.
	 *
	 * @param <T> the type of its result
	 */
	public final class Stimulated<T extends @Nullable Object> {

		private final Callable<T> stimulus;

		private Stimulated(Callable<T> stimulus) {
			this.stimulus = stimulus;
		}

		/**
		 * Make the change when the engine receives changes, and wait until the listeners
		 * have processed everything that is committed then. Parked and skipped events
		 * count as processed.
		 * @return the next step
		 * @throws AssertionError if they have not, with what keeps the engine from that
		 */
		public Completed<T> andWaitForChanges() {
			return new Completed<>(CdcScenario.this.run(this.stimulus, () -> {
			}));
		}

	}

	/**
	 * A scenario whose changes were processed.
	 *
	 * @param <T> the type of the stimulus' result
	 */
	public final class Completed<T extends @Nullable Object> {

		private final T result;

		private Completed(T result) {
			this.result = result;
		}

		/**
		 * Verify what the listeners have done.
		 * @param verification takes the result of the stimulus
		 * @return this
		 */
		public Completed<T> andVerify(Consumer<? super T> verification) {
			try {
				verification.accept(this.result);
				return this;
			}
			catch (AssertionError ex) {
				throw CdcScenario.this.failures.addTo(ex, CdcScenario.this.engine);
			}
		}

	}

}
