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

package io.github.cdcspring.internal.actuate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Receives the rows of table {@code numbers}, and waits or fails on request.
 */
class Numbers {

	final List<String> seen = new CopyOnWriteArrayList<>();

	volatile @Nullable CountDownLatch gate;

	volatile int poison = -1;

	@CdcListener(tables = "numbers", id = "numbers")
	void on(Number number, Operation operation) throws InterruptedException {
		CountDownLatch gate = this.gate;
		if (gate != null) {
			gate.await();
		}
		if (number.id() == this.poison) {
			throw new IllegalStateException("poison");
		}
		this.seen.add(operation + " " + number.id());
	}

	record Number(int id) {
	}

}
