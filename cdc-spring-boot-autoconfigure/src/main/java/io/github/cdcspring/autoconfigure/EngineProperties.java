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

/**
 * Properties of one engine.
 *
 * @param engine the name of the engine
 * @param own the engine's properties, with those that it inherits
 * @param root the properties of the default engine, for what is not inherited
 * @param names the names of the properties
 */
record EngineProperties(String engine, CdcEngineProperties own, CdcEngineProperties root, EnginePropertyNames names) {

	boolean isDefault() {
		return this.own == this.root;
	}

	/** The name of a property, for messages. */
	String name(String property) {
		return this.names.of(property);
	}

	/** Not the values: they may be confidential. */
	@Override
	public String toString() {
		return "Properties of engine '" + this.engine + "'";
	}

}
