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

package io.github.cdcspring.testsupport;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;
import org.testcontainers.DockerClientFactory;

class PostgresExtension implements BeforeAllCallback, ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(PostgresExtension.class);

	@Override
	public void beforeAll(ExtensionContext context) {
		if (TestPostgres.inContainer() && !DockerClientFactory.instance().isDockerAvailable()) {
			throw new TestAbortedException("cdc.test.postgres=container needs Docker, which is not available");
		}
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == TestDatabase.class;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return context.getStore(NAMESPACE)
			.computeIfAbsent(OwnDatabase.class, (type) -> new OwnDatabase(TestPostgres.shared().createDatabase()),
					OwnDatabase.class)
			.database();
	}

	/**
	 * Drops its database after the test. Otherwise the files of all databases are removed
	 * when the JVM exits, which can take longer than Surefire waits.
	 */
	private record OwnDatabase(TestDatabase database) implements AutoCloseable {

		@Override
		public void close() {
			try {
				this.database.drop();
			}
			catch (IllegalStateException ex) {
				// A slot is still in use; the database goes when the server is closed
			}
		}

	}

}
