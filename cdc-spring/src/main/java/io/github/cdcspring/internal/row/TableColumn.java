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

/**
 * A column of a table, as the server's catalog has it.
 *
 * @param name the name
 * @param declaredType the name of the type, or of the domain, without its schema
 * @param typeOid the OID of the type; for a domain, that of its base type
 * @param type the type
 */
public record TableColumn(String name, String declaredType, int typeOid, PostgresType type) {

	RowColumn toRowColumn(int position) {
		return RowColumn.of(new Field(this.name, position, this.type.schema().build()));
	}

}
