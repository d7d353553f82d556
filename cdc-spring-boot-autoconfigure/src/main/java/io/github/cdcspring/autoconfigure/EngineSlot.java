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

import io.github.cdcspring.CdcException;
import io.github.cdcspring.CdcSlot;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.CdcEngineRegistry;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Slot of one engine. The engine is looked up at each use, because engines are created
 * after the beans.
 */
record EngineSlot(ObjectProvider<CdcEngineRegistry> engines, String name) implements CdcSlot {

	@Override
	public Lsn advance(Lsn lsn) {
		return engine().advance(lsn);
	}

	@Override
	public Lsn stored() {
		return engine().storedLsn();
	}

	@Override
	public CdcSlot ofEngine(String engine) {
		return new EngineSlot(this.engines, engine);
	}

	private CdcEngine engine() {
		CdcEngine engine = this.engines.getObject().engine(this.name);
		if (engine == null) {
			throw new CdcException("There is no engine '" + this.name
					+ "', or it has not been started: an engine needs a @CdcListener method.");
		}
		return engine;
	}

}
