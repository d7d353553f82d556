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

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Collects the warnings of a logger.
 */
final class MatrixLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final Logger logger;

	private final @Nullable Level level;

	private final List<String> warnings;

	private MatrixLog(Logger logger, List<String> warnings) {
		this.logger = logger;
		this.level = logger.getLevel();
		this.warnings = warnings;
	}

	static MatrixLog of(Class<?> type, List<String> warnings) {
		MatrixLog log = new MatrixLog((Logger) LoggerFactory.getLogger(type), warnings);
		log.start();
		// An application before this test may have turned off Debezium's logging
		log.logger.setLevel(Level.WARN);
		log.logger.addAppender(log);
		return log;
	}

	@Override
	protected void append(ILoggingEvent event) {
		if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
			this.warnings.add(event.getFormattedMessage());
		}
	}

	@Override
	public void close() {
		this.logger.detachAppender(this);
		this.logger.setLevel(this.level);
	}

}
