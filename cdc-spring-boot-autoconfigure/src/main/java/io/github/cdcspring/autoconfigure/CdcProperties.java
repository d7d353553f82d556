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

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of the starter. Engines read this bean when they are created,
 * so a bean post-processor may change it. Further engines have inherited their properties
 * by then.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("cdc")
public class CdcProperties extends CdcEngineProperties {

	/**
	 * Whether to receive changes.
	 */
	private boolean enabled = true;

	/**
	 * Exit code of an application that ends while an engine is FAILED or REFUSED. It
	 * applies if no thread keeps the application running, as in an application without a
	 * web server. Use 0 to report success.
	 */
	private int failureExitCode = 1;

	/**
	 * Further engines by name. Each inherits what it does not set.
	 */
	private final Map<String, CdcEngineProperties> engines = new LinkedHashMap<>();

	private final Logging logging = new Logging();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public int getFailureExitCode() {
		return this.failureExitCode;
	}

	public void setFailureExitCode(int failureExitCode) {
		this.failureExitCode = failureExitCode;
	}

	public Map<String, CdcEngineProperties> getEngines() {
		return this.engines;
	}

	public Logging getLogging() {
		return this.logging;
	}

	/**
	 * Logging.
	 */
	public static class Logging {

		/**
		 * Whether Debezium and Kafka Connect log at the levels of the application. By
		 * default their loggers are off.
		 */
		private boolean debezium;

		public boolean isDebezium() {
			return this.debezium;
		}

		public void setDebezium(boolean debezium) {
			this.debezium = debezium;
		}

	}

}
