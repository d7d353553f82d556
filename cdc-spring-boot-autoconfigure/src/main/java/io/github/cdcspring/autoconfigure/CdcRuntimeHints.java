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

import io.github.cdcspring.internal.actuate.CsrfTokens;
import io.github.cdcspring.internal.actuate.EngineDescriptor;
import io.github.cdcspring.internal.actuate.KafkaEngineDescriptor;
import io.github.cdcspring.internal.actuate.OperationResult;
import io.github.cdcspring.internal.actuate.ParkedEventOutcome;
import io.github.cdcspring.internal.ssl.SslBundleSocketFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image must keep for the endpoints and for connections with an SSL bundle.
 * Spring Boot registers the types that operations declare, but not those behind an
 * interface or {@code Object}.
 */
class CdcRuntimeHints implements RuntimeHintsRegistrar {

	private static final Class<?>[] BODIES = { EngineDescriptor.class, KafkaEngineDescriptor.class,
			OperationResult.class, ParkedEventOutcome.class, CsrfTokens.CsrfDescriptor.class };

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("io/github/cdcspring/internal/actuate/page/*");
		new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), BODIES);
		// The driver creates it by its name
		hints.reflection().registerType(SslBundleSocketFactory.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
	}

}
