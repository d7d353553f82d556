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

import java.util.regex.Pattern;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.ListenerContext;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

class TopicSubscriptionTests {

	@Test
	void namesTopicsAsDebeziumDoes() {
		Pattern topics = topics();
		assertThat("shop-1.public.a__b").matches(topics);
		assertThat("shop-1.public._").matches(topics);
		assertThat("shop-1.public.some_table").matches(topics);
		assertThat("shop-1.public.a_b").doesNotMatch(topics);
		assertThat("shop-1.public.other").doesNotMatch(topics);
		assertThat("shop_1.public.some_table").doesNotMatch(topics);
	}

	private static Pattern topics() {
		try (AnnotationConfigApplicationContext context = ListenerContext
			.of((registry) -> registry.registerBean("bean", Listener.class))) {
			return TopicSubscription.of(new EngineSettings.Kafka("shop-1", "group", KafkaOrder.KEY),
					context.getBean(ListenerRegistry.class).endpoints());
		}
	}

	static class Listener {

		@CdcListener(tables = { "a\uD83D\uDE00b", "\u00e4", "some_*" })
		void on(TableId table) {
		}

	}

}
