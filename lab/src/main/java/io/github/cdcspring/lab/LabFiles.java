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

package io.github.cdcspring.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * Where the lab finds the jars and writes its files.
 *
 * @param ledger the executable jar of the ledger sample
 * @param probe the jar with the probe
 * @param kafka the class path of the ledger sample with what it needs for Kafka,
 * {@code null} if nothing receives from Kafka
 * @param directory for everything that is written
 */
record LabFiles(Path ledger, Path probe, @Nullable String kafka, Path directory) {

	/** The files as the scripts name them. */
	static LabFiles ofSystemProperties() {
		return new LabFiles(Path.of(System.getProperty("lab.ledger")), Path.of(System.getProperty("lab.probe")),
				System.getProperty("lab.kafka"), Path.of(System.getProperty("lab.directory")).toAbsolutePath());
	}

	/** An empty directory. */
	Path emptyDirectory(String name) throws IOException {
		Path empty = this.directory.resolve(name);
		FileSystemUtils.deleteRecursively(empty);
		return Files.createDirectories(empty);
	}

}
