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

package io.github.cdcspring.internal.kafka;

import java.util.HashMap;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/**
 * Creates consumers as Spring Kafka's consumer factory of the application does, with its
 * properties and its listeners, such as those for metrics.
 * <p>
 * The factory is used, but not Spring Kafka's listener container. The container stops to
 * poll a partition until all records of its last poll are acknowledged, so that one slow
 * key would stop all keys, and it commits what was acknowledged last, not what was
 * processed without a hole.
 */
public final class SpringKafkaConsumers implements ConsumerSource {

	private final ConsumerFactory<?, ?> factory;

	/**
	 * Create a source.
	 * @param factory the application's factory
	 */
	public SpringKafkaConsumers(ConsumerFactory<?, ?> factory) {
		this.factory = factory;
	}

	@Override
	public Consumer<byte[], byte[]> open(Map<String, Object> overrides, Map<String, Object> defaults) {
		Map<String, Object> properties = new HashMap<>(defaults);
		properties.putAll(this.factory.getConfigurationProperties());
		properties.putAll(overrides);
		DefaultKafkaConsumerFactory<byte[], byte[]> bytes = new DefaultKafkaConsumerFactory<>(properties,
				ByteArrayDeserializer::new, ByteArrayDeserializer::new);
		this.factory.getListeners().forEach((listener) -> bytes.addListener(new Adapter(listener)));
		return bytes.createConsumer();
	}

	@Override
	public Map<String, Object> properties() {
		return this.factory.getConfigurationProperties();
	}

	/** A listener of the application's factory, whatever the types of its records. */
	private record Adapter(
			ConsumerFactory.Listener<?, ?> listener) implements ConsumerFactory.Listener<byte[], byte[]> {

		@Override
		public void consumerAdded(String id, Consumer<byte[], byte[]> consumer) {
			added(this.listener, id, consumer);
		}

		@Override
		public void consumerRemoved(@Nullable String id, Consumer<byte[], byte[]> consumer) {
			removed(this.listener, id, consumer);
		}

		@SuppressWarnings("unchecked")
		private static <K, V> void added(ConsumerFactory.Listener<K, V> listener, String id, Consumer<?, ?> consumer) {
			listener.consumerAdded(id, (Consumer<K, V>) consumer);
		}

		@SuppressWarnings("unchecked")
		private static <K, V> void removed(ConsumerFactory.Listener<K, V> listener, @Nullable String id,
				Consumer<?, ?> consumer) {
			listener.consumerRemoved(id, (Consumer<K, V>) consumer);
		}

	}

}
