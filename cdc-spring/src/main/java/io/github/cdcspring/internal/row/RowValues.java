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

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The values of a row, or of its key, in their raw form.
 */
interface RowValues {

	Schema schema();

	/**
	 * Return the value of a field. Kafka Connect replaces {@code null} by the default of
	 * a field; this method does not.
	 * @param field a field of the schema
	 * @return the value
	 */
	@Nullable Object get(Field field);

	/**
	 * Return the values in Kafka Connect's form.
	 * @return a struct of the schema
	 */
	Struct toStruct();

	/**
	 * Return the values of a struct.
	 * @param struct the struct, {@code null} if there is none
	 * @return its values, {@code null} if there is no struct
	 */
	static @Nullable RowValues of(@Nullable Struct struct) {
		return (struct != null) ? new StructValues(struct) : null;
	}

}
