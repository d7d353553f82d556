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

package io.github.cdcspring.connect;

import java.util.Map;

import io.github.cdcspring.internal.row.ConnectJson;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.jspecify.annotations.Nullable;

/**
 * Converts keys, values and headers without loss. Each record contains its schema, so
 * that no registry is needed. What {@link #toConnectData} returns equals what
 * {@link #fromConnectData} was given, also for values that Kafka's {@code JsonConverter}
 * changes: NaN and Infinity, decimals of any scale, and what PostgreSQL did not send.
 * <p>
 * The value converter has the property {@value #COMPACT}. It affects what is written;
 * both forms are read. Equal keys have equal bytes in all versions, so keys are never
 * compact.
 *
 * @since 0.1.0
 */
public class CdcConverter implements Converter, HeaderConverter {

	/** The property for values that take less space and less time: {@value}. */
	public static final String COMPACT = "compact";

	private static final ConfigDef CONFIG = new ConfigDef().define(COMPACT, ConfigDef.Type.BOOLEAN, false,
			ConfigDef.Importance.LOW, "Whether to write values in binary, and their schemas compressed");

	private final ConnectJson json = new ConnectJson();

	private boolean compact;

	/**
	 * Create a converter. Kafka Connect does it.
	 */
	public CdcConverter() {
	}

	@Override
	public ConfigDef config() {
		return CONFIG;
	}

	@Override
	public void configure(Map<String, ?> configs, boolean isKey) {
		this.compact = !isKey && Boolean.TRUE.equals(CONFIG.parse(configs).get(COMPACT));
	}

	/**
	 * Configure a header converter.
	 */
	@Override
	public void configure(Map<String, ?> configs) {
		configure(configs, true);
	}

	@Override
	public byte @Nullable [] fromConnectData(@Nullable String topic, @Nullable Schema schema, @Nullable Object value) {
		if (value == null) {
			return null;
		}
		if (schema == null) {
			throw new DataException("Topic '" + topic + "' gets a value without a schema, which CdcConverter cannot "
					+ "convert. Remove the transformation that drops the schema, or use another converter.");
		}
		return this.compact ? this.json.writeCompact(schema, value) : this.json.write(schema, value);
	}

	@Override
	public SchemaAndValue toConnectData(@Nullable String topic, byte @Nullable [] value) {
		if (value == null) {
			return SchemaAndValue.NULL;
		}
		try {
			return this.json.read(value);
		}
		catch (IllegalArgumentException ex) {
			throw new DataException("A value of topic '" + topic + "' cannot be read, because " + ex.getMessage()
					+ ". Read the topic with the converter that wrote it.");
		}
	}

	@Override
	public byte @Nullable [] fromConnectHeader(@Nullable String topic, @Nullable String headerKey,
			@Nullable Schema schema, @Nullable Object value) {
		return fromConnectData(topic, schema, value);
	}

	@Override
	public SchemaAndValue toConnectHeader(@Nullable String topic, @Nullable String headerKey, byte @Nullable [] value) {
		return toConnectData(topic, value);
	}

	@Override
	public void close() {
		// There is nothing to close
	}

}
