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

package io.github.cdcspring.samples.ledger.check;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

/**
 * Resources that are closed at the end of the run, even if it is interrupted. They are
 * closed in reverse order.
 */
public class Resources implements AutoCloseable {

	private final Thread hook = new Thread(this::closeInterrupted, "ledger-end");

	private final Deque<AutoCloseable> resources = new ArrayDeque<>();

	private boolean interrupted;

	public Resources() {
		Runtime.getRuntime().addShutdownHook(this.hook);
	}

	/** Add a resource. It is closed immediately if the run has ended. */
	public synchronized <T extends AutoCloseable> T add(T resource) {
		this.resources.push(resource);
		if (this.interrupted) {
			closeAll();
		}
		return resource;
	}

	/** Whether the run was interrupted, as by Ctrl-C. */
	public synchronized boolean interrupted() {
		return this.interrupted;
	}

	private synchronized void closeInterrupted() {
		this.interrupted = true;
		closeAll();
	}

	private synchronized void closeAll() {
		@Nullable AutoCloseable resource;
		while ((resource = this.resources.poll()) != null) {
			try {
				resource.close();
			}
			catch (Exception ex) {
				System.err.println("Could not end " + resource.getClass().getSimpleName() + ": " + ex.getMessage());
			}
		}
	}

	@Override
	public void close() {
		closeAll();
		try {
			Runtime.getRuntime().removeShutdownHook(this.hook);
		}
		catch (IllegalStateException ex) {
			// The JVM is about to end, and there is nothing left to close
		}
	}

}
