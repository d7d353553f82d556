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

package io.github.cdcspring.internal.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.cdcspring.engine.CdcEngineRegistry;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the engines once the application is ready to receive, and stops them before
 * anything that listeners use. It is in the last phase to start, after the web server,
 * and so in the first to stop.
 *
 */
public final class EmbeddedEngineRegistry implements CdcEngineRegistry, SmartLifecycle {

	private final Supplier<List<SupervisedCdcEngine>> factory;

	private final List<EngineCreatedListener> listeners;

	private volatile @Nullable List<SupervisedCdcEngine> engines;

	private volatile boolean running;

	private volatile boolean autoStartup = true;

	/**
	 * Create a lifecycle.
	 * @param factory creates the engines, once every listener is known
	 */
	public EmbeddedEngineRegistry(Supplier<List<SupervisedCdcEngine>> factory) {
		this(factory, List.of());
	}

	/**
	 * Create a lifecycle.
	 * @param factory creates the engines, once every listener is known
	 * @param listeners are told of each engine
	 */
	public EmbeddedEngineRegistry(Supplier<List<SupervisedCdcEngine>> factory, List<EngineCreatedListener> listeners) {
		this.factory = factory;
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public Collection<SupervisedCdcEngine> engines() {
		List<SupervisedCdcEngine> engines = this.engines;
		return (engines != null) ? engines : List.of();
	}

	@Override
	public @Nullable SupervisedCdcEngine engine(String name) {
		return engines().stream().filter((engine) -> engine.name().equals(name)).findFirst().orElse(null);
	}

	/**
	 * Set whether the engines start with the application.
	 * @param autoStartup whether they do
	 */
	public void setAutoStartup(boolean autoStartup) {
		this.autoStartup = autoStartup;
	}

	@Override
	public boolean isAutoStartup() {
		return this.autoStartup;
	}

	/**
	 * Create the engines unless they exist.
	 * @return the engines
	 */
	public synchronized List<SupervisedCdcEngine> create() {
		List<SupervisedCdcEngine> engines = this.engines;
		if (engines == null) {
			engines = this.factory.get();
			for (SupervisedCdcEngine engine : engines) {
				this.listeners.forEach((listener) -> listener.created(engine));
			}
			this.engines = engines;
		}
		return engines;
	}

	@Override
	public synchronized void start() {
		List<SupervisedCdcEngine> engines = create();
		try {
			startAll(engines);
			this.running = true;
		}
		catch (RuntimeException | Error ex) {
			// an application that fails to start does not stop what has not said it runs
			engines.forEach(SupervisedCdcEngine::stop);
			throw ex;
		}
	}

	/**
	 * All engines that refuse to start say so at once. After the first refusal, the
	 * application does not start, so the others are only judged.
	 */
	private static void startAll(List<SupervisedCdcEngine> engines) {
		List<StartRefusedException> refusals = new ArrayList<>();
		List<Throwable> others = new ArrayList<>();
		for (SupervisedCdcEngine engine : engines) {
			try {
				if (refusals.isEmpty()) {
					engine.start();
				}
				else {
					engine.judge();
				}
			}
			catch (StartRefusedException ex) {
				refusals.add(ex);
			}
			catch (RuntimeException | Error ex) {
				if (refusals.isEmpty()) {
					throw ex;
				}
				others.add(ex);
			}
		}
		if (!refusals.isEmpty()) {
			StartRefusedException refusal = merge(refusals);
			others.forEach(refusal::addSuppressed);
			throw refusal;
		}
	}

	private static StartRefusedException merge(List<StartRefusedException> refusals) {
		if (refusals.size() == 1) {
			return refusals.get(0);
		}
		Map<String, List<Violation>> violations = new LinkedHashMap<>();
		refusals.forEach((refusal) -> violations.putAll(refusal.violationsByEngine()));
		StartRefusedException merged = new StartRefusedException(violations);
		for (StartRefusedException refusal : refusals) {
			List.of(refusal.getSuppressed()).forEach(merged::addSuppressed);
		}
		return merged;
	}

	@Override
	public synchronized void stop() {
		ExecutorService stopping = Executors.newCachedThreadPool((task) -> new Thread(task, "cdc-stop"));
		try {
			engines().forEach((engine) -> stopping.execute(engine::stop));
			stopping.shutdown();
			stopping.awaitTermination(1, TimeUnit.HOURS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.running = false;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
