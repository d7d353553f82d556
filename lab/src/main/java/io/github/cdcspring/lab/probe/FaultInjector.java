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

package io.github.cdcspring.lab.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.CdcListenerCall;
import io.github.cdcspring.CdcListenerInterceptor;

/**
 * Makes a listener fail as the command in a file tells: {@code exit},
 * {@code out-of-memory}, {@code stack-overflow} and {@code interrupt} once, {@code hang}
 * and {@code fail} for as long as the file exists.
 */
class FaultInjector implements CdcListenerInterceptor {

	private static final int MEBIBYTE = 1024 * 1024;

	private final Path file;

	FaultInjector(Path file) {
		this.file = file;
	}

	@Override
	public void intercept(CdcListenerCall call) throws Throwable {
		if (Files.exists(this.file)) {
			obey(read());
		}
		call.proceed();
	}

	private String read() throws IOException {
		try {
			return Files.readString(this.file);
		}
		catch (NoSuchFileException ex) {
			return "";
		}
	}

	private void obey(String command) throws IOException, InterruptedException {
		switch (command) {
			case "hang" -> hang();
			case "fail" -> throw new IllegalStateException("The lab makes this call fail");
			case "exit" -> {
				Files.deleteIfExists(this.file);
				System.exit(1);
			}
			case "out-of-memory" -> {
				Files.deleteIfExists(this.file);
				fillHeap();
			}
			case "stack-overflow" -> {
				Files.deleteIfExists(this.file);
				overflow(1);
			}
			case "interrupt" -> {
				Files.deleteIfExists(this.file);
				Thread.currentThread().interrupt();
			}
			default -> {
				// Ended meanwhile
			}
		}
	}

	private void hang() throws InterruptedException {
		while (Files.exists(this.file)) {
			TimeUnit.MILLISECONDS.sleep(20);
		}
	}

	private static void fillHeap() {
		List<byte[]> all = new ArrayList<>();
		while (all.size() < MEBIBYTE) {
			all.add(new byte[MEBIBYTE]);
		}
	}

	private static long overflow(long depth) {
		return overflow(depth + 1) + depth;
	}

}
