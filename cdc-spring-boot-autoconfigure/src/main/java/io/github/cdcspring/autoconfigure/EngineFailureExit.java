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

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.EngineCreatedListener;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;

/**
 * Makes an application that ends because its engine has failed report that to its service
 * manager. The thread of a failed engine ends, and without another thread the JVM would
 * end with exit code 0.
 */
class EngineFailureExit implements EngineCreatedListener, ExitCodeGenerator, DisposableBean {

	private static final Duration INTERVAL = Duration.ofMillis(200);

	private final int exitCode;

	private final ApplicationContext context;

	private final ObjectProvider<EmbeddedEngineRegistry> engines;

	private final AtomicBoolean watching = new AtomicBoolean();

	private final CountDownLatch closed = new CountDownLatch(1);

	EngineFailureExit(int exitCode, ApplicationContext context, ObjectProvider<EmbeddedEngineRegistry> engines) {
		this.exitCode = exitCode;
		this.context = context;
		this.engines = engines;
	}

	@Override
	public void created(SupervisedCdcEngine engine) {
		engine.onStatusChange((status) -> {
			if (status.state() == EngineState.FAILED && this.exitCode != 0
					&& this.watching.compareAndSet(false, true)) {
				new Thread(this::exitWhenNothingElseRuns, "cdc-exit").start();
			}
		});
	}

	/** Keeps the JVM alive, so that it does not end on its own before. */
	private void exitWhenNothingElseRuns() {
		try {
			while (!this.closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
				if (getExitCode() == 0) {
					this.watching.set(false);
					if (getExitCode() == 0 || !this.watching.compareAndSet(false, true)) {
						return;
					}
				}
				if (!isAnythingRunning()) {
					System.exit(SpringApplication.exit(this.context));
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static boolean isAnythingRunning() {
		ThreadGroup root = Thread.currentThread().getThreadGroup();
		while (root.getParent() != null) {
			root = root.getParent();
		}
		Thread[] threads = new Thread[root.activeCount() * 2 + 16];
		int count = root.enumerate(threads);
		return Arrays.stream(threads, 0, count)
			.anyMatch((thread) -> !thread.isDaemon() && thread != Thread.currentThread()
					&& !"DestroyJavaVM".equals(thread.getName()));
	}

	@Override
	public int getExitCode() {
		EmbeddedEngineRegistry registry = this.engines.getIfAvailable();
		boolean failed = registry != null && registry.engines()
			.stream()
			.map((engine) -> engine.status().state())
			.anyMatch((state) -> state == EngineState.FAILED || state == EngineState.REFUSED);
		return failed ? this.exitCode : 0;
	}

	@Override
	public void destroy() {
		this.closed.countDown();
	}

}
