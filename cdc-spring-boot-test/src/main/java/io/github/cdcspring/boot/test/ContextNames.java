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

package io.github.cdcspring.boot.test;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import io.github.cdcspring.autoconfigure.CdcEngineProperties;
import io.github.cdcspring.autoconfigure.CdcProperties;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Gives each test context names of its own, so that contexts that are alive at the same
 * time share no slot, no publication and no offset file.
 */
final class ContextNames implements BeanPostProcessor {

	private final String name = "cdc_test_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

	/** A name that the server accepts without quotes. */
	String name() {
		return this.name;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof CdcProperties properties) {
			set(properties, this.name);
			int number = 0;
			for (CdcEngineProperties engine : properties.getEngines().values()) {
				set(engine, this.name + "_" + ++number);
			}
		}
		return bean;
	}

	private void set(CdcEngineProperties engine, String slot) {
		if (engine.getPublication().isCreate()) {
			engine.getPublication().setName(slot);
		}
		else if (engine.getPublication().getName() == null) {
			// By default it has the name that the slot has in production
			engine.getPublication().setName(engine.getSlot().getName());
		}
		engine.getSlot().setName(slot);
		engine.getOffset().getFile().setPath(offsetFile(slot));
	}

	static Path offsetFile(String slot) {
		return Path.of(System.getProperty("java.io.tmpdir"), slot, "offset");
	}

}
