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

package io.github.cdcspring.internal.listener;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.internal.row.RowMapper;
import org.jspecify.annotations.Nullable;

/**
 * Binds a row to {@link Order}, or as a map, and counts.
 */
record TestMapper<T>(Type type, AtomicInteger bound) implements RowMapper<T> {

	static RowMapper<?> of(Type type) {
		return new TestMapper<>(type, new AtomicInteger());
	}

	@SuppressWarnings("unchecked")
	@Nullable T bind(@Nullable Map<String, ?> row) {
		this.bound.incrementAndGet();
		return (row != null) ? (T) ((this.type == Map.class) ? row : Order.of(row)) : null;
	}

}
