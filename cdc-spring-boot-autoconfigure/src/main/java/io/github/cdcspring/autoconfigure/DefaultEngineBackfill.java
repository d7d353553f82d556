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

import java.util.List;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.CdcEngineRegistry;
import io.github.cdcspring.internal.listener.ListenerRegistry;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Backfill of the default engine. The engine is looked up at each use, because engines
 * are created after the beans.
 */
record DefaultEngineBackfill(ObjectProvider<CdcEngineRegistry> engines) implements CdcBackfill {

	@Override
	public void start(Request request) {
		backfill().start(request);
	}

	@Override
	public void pause(String... tables) {
		backfill().pause(tables);
	}

	@Override
	public void resume(String... tables) {
		backfill().resume(tables);
	}

	@Override
	public void cancel(String... tables) {
		backfill().cancel(tables);
	}

	@Override
	public List<Status> list() {
		return backfill().list();
	}

	private CdcBackfill backfill() {
		CdcEngine engine = this.engines.getObject().engine(ListenerRegistry.DEFAULT_ENGINE);
		if (engine == null) {
			throw new CdcException("There is no engine '" + ListenerRegistry.DEFAULT_ENGINE
					+ "', or it has not been started. Add a @CdcListener method, or use the backfill of another engine.");
		}
		return engine.backfill();
	}

}
