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

package io.github.cdcspring.internal.ssl;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.ssl.SslBundle;

import static org.assertj.core.api.Assertions.assertThat;

class SslBundleSocketFactoryTests {

	@Test
	void asksForTheBundleAtEachConnection() {
		List<SslBundle> asked = new ArrayList<>();
		String name = SslBundleSocketFactory.driverProperties("rotated", () -> {
			asked.add(SslBundle.systemDefault());
			return asked.get(asked.size() - 1);
		}).get("sslfactoryarg");
		assertThat(asked).isEmpty();
		new SslBundleSocketFactory(name);
		new SslBundleSocketFactory(name);
		assertThat(asked).hasSize(2);
	}

}
