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

package io.github.cdcspring.internal.backfill;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.util.Set;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BackfillRequestTests {

	@Test
	void refusesAServerThatSendsNoLogicalMessages() {
		DatabaseMetaData metaData = (DatabaseMetaData) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { DatabaseMetaData.class }, (proxy, method, arguments) -> 13);
		Connection connection = (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("getMetaData")) {
						return metaData;
					}
					throw new IllegalStateException("The server is asked: " + method.getName());
				});
		BackfillRequest request = new BackfillRequest(Set.of(new TableId("public", "items")));
		assertThatExceptionOfType(CdcException.class).isThrownBy(() -> request.check(connection, "pub"))
			.withMessageContaining("public.items")
			.withMessageEndingWith("Upgrade the server to PostgreSQL 14 or later.");
	}

}
