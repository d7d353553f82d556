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

import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.github.cdcspring.settings.ConnectorManagement;
import io.github.cdcspring.settings.KafkaOrder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationUnit;

/**
 * Configuration properties of an engine that receives from Kafka: {@code cdc.kafka}.
 *
 * @since 0.1.0
 */
public class CdcKafkaProperties {

	/**
	 * Order of the events: of each key, from a topic for each table, or of the whole
	 * stream, from the topic '<topic-prefix>.stream' with one partition.
	 */
	private KafkaOrder order = KafkaOrder.KEY;

	/**
	 * Prefix of the topics, the connector's 'topic.prefix'. By default the name of the
	 * replication slot.
	 */
	private @Nullable String topicPrefix;

	/**
	 * Consumer group. By default the name of the application with '-cdc' appended; a
	 * further engine appends its own name.
	 */
	private @Nullable String groupId;

	/**
	 * Longest outage of the application for which the topics must keep events, if
	 * 'connect.url' is set. Zero to not check the topics. If a duration suffix is not
	 * specified, seconds are used.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private Duration maxOutage = Duration.ofDays(1);

	private final Connect connect = new Connect();

	public KafkaOrder getOrder() {
		return this.order;
	}

	public void setOrder(KafkaOrder order) {
		this.order = order;
	}

	public @Nullable String getTopicPrefix() {
		return this.topicPrefix;
	}

	public void setTopicPrefix(@Nullable String topicPrefix) {
		this.topicPrefix = topicPrefix;
	}

	public @Nullable String getGroupId() {
		return this.groupId;
	}

	public void setGroupId(@Nullable String groupId) {
		this.groupId = groupId;
	}

	public Duration getMaxOutage() {
		return this.maxOutage;
	}

	public void setMaxOutage(Duration maxOutage) {
		this.maxOutage = maxOutage;
	}

	public Connect getConnect() {
		return this.connect;
	}

	/**
	 * The connector that fills the topics.
	 */
	public static class Connect {

		/**
		 * URL of the REST API of a Kafka Connect worker. By default Kafka Connect is not
		 * asked.
		 */
		private @Nullable URI url;

		/**
		 * Name of the connector. By default the prefix of its topics.
		 */
		private @Nullable String connector;

		/**
		 * How the connector is treated, if 'url' is set.
		 */
		private ConnectorManagement manage = ConnectorManagement.VERIFY;

		/**
		 * Where the worker finds the password of the database: the name of a provider of
		 * configurations, a colon, and the place.
		 */
		private String passwordReference = "env:DATABASE_PASSWORD";

		/**
		 * User of the REST API. By default the starter does not log in.
		 */
		private @Nullable String username;

		/**
		 * Password of the REST API. By default the starter does not log in.
		 */
		private @Nullable String password;

		public @Nullable URI getUrl() {
			return this.url;
		}

		public void setUrl(@Nullable URI url) {
			this.url = url;
		}

		public @Nullable String getConnector() {
			return this.connector;
		}

		public void setConnector(@Nullable String connector) {
			this.connector = connector;
		}

		public ConnectorManagement getManage() {
			return this.manage;
		}

		public void setManage(ConnectorManagement manage) {
			this.manage = manage;
		}

		public String getPasswordReference() {
			return this.passwordReference;
		}

		public void setPasswordReference(String passwordReference) {
			this.passwordReference = passwordReference;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

	}

}
