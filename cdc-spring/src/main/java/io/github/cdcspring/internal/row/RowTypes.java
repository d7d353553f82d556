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

package io.github.cdcspring.internal.row;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Map;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;

import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;

/**
 * Tells what kind of type rows are to be bound to.
 */
final class RowTypes {

	private RowTypes() {
	}

	static RowType<?> of(Type type, ValueConverters readers) {
		ResolvableType resolvable = ResolvableType.forType(type);
		Class<?> target = resolvable.resolve(Object.class);
		if (target == Map.class) {
			return new MapType(resolvable, readers);
		}
		if (target.isRecord()) {
			return new RecordType<>(resolvable, readers);
		}
		if (BeanUtils.isSimpleValueType(target) || target.isArray() || Modifier.isAbstract(target.getModifiers())
				|| target.getName().startsWith("java.")) {
			throw unsuitable(type, "it is no row");
		}
		return new BeanType<>(resolvable, noArgumentConstructor(target), readers);
	}

	private static Constructor<?> noArgumentConstructor(Class<?> target) {
		try {
			return target.getDeclaredConstructor();
		}
		catch (NoSuchMethodException ex) {
			throw unsuitable(target, "it has no constructor without parameters");
		}
	}

	private static RowBindingException unsuitable(Type type, String problem) {
		return new RowBindingException("Cannot bind rows to " + type.getTypeName() + ": " + problem
				+ ". Declare a record, a bean with setters, or Map<String, Object>.");
	}

	/** A constructor or setter of the application threw. */
	static RowBindingException refusedByType(TableId table, Class<?> type, Lsn lsn, Throwable cause) {
		return new RowBindingException("Cannot bind a row of " + table + " to " + type.getName() + " at " + lsn
				+ ": it refused the values with " + RowBindingException.describe(cause)
				+ ". See why there; the message is not shown here, for it may carry the row's data.");
	}

}
