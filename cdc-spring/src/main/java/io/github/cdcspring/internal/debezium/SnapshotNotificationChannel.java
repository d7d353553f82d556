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

package io.github.cdcspring.internal.debezium;

import java.time.Duration;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.pipeline.notification.InitialSnapshotNotificationService;
import io.debezium.pipeline.notification.Notification;
import io.debezium.pipeline.notification.channels.NotificationChannel;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listener of a run about Debezium's snapshot.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/configuration/notification.html">Debezium:
 * notifications</a>
 */
public final class SnapshotNotificationChannel implements NotificationChannel {

	/** The name under which Debezium finds this class. */
	static final String NAME = "cdc";

	private final Progress progress = new Progress();

	private @Nullable RunListener listener;

	@Override
	@SuppressWarnings("deprecation")
	public void init(CommonConnectorConfig config) {
		RunContext context = RunContext.find(config.getConfig().getString(RunContext.PROPERTY));
		this.listener = (context != null) ? context.listener() : null;
	}

	@Override
	public String name() {
		return NAME;
	}

	/**
	 * Several threads may read tables, and each of them sends.
	 */
	@Override
	public synchronized void send(Notification notification) {
		RunListener listener = this.listener;
		if (listener == null) {
			return;
		}
		if (notification.getAggregateType().equals(InitialSnapshotNotificationService.INITIAL_SNAPSHOT)) {
			send(notification, listener);
		}
	}

	/**
	 * Debezium reports a start also if only schemas are read, but tables in progress only
	 * if rows are read.
	 */
	private void send(Notification notification, RunListener listener) {
		Progress progress = this.progress;
		switch (notification.getType()) {
			case "IN_PROGRESS" -> {
				if (progress.begin()) {
					listener.snapshotStarted();
				}
			}
			case "TABLE_SCAN_COMPLETED" -> {
				long rows = progress.add(notification);
				String table = notification.getAdditionalData()
					.get(InitialSnapshotNotificationService.SCANNED_COLLECTION);
				if (table != null) {
					listener.snapshotTableRead(table, rows);
				}
			}
			case "COMPLETED", "SKIPPED" -> {
				if (progress.isStarted()) {
					listener.snapshotCompleted(progress.end());
				}
				listener.snapshotPhaseEnded();
			}
			default -> {
			}
		}
	}

	@Override
	public void close() {
		// There is nothing to close
	}

	/**
	 * The progress of one snapshot.
	 */
	private static final class Progress {

		private @Nullable Long startedAt;

		private int tables;

		private long rows;

		boolean isStarted() {
			return this.startedAt != null;
		}

		/**
		 * Begin unless the snapshot has begun.
		 * @return whether it begins now
		 */
		boolean begin() {
			if (isStarted()) {
				return false;
			}
			this.startedAt = System.nanoTime();
			this.tables = 0;
			this.rows = 0;
			return true;
		}

		/**
		 * Add a table.
		 * @return how many rows were read of it
		 */
		long add(Notification scan) {
			String rows = scan.getAdditionalData().get(InitialSnapshotNotificationService.TOTAL_ROWS_SCANNED);
			long read = (rows != null) ? Long.parseLong(rows) : 0;
			this.tables++;
			this.rows += read;
			return read;
		}

		SnapshotSummary end() {
			long startedAt = (this.startedAt != null) ? this.startedAt : System.nanoTime();
			this.startedAt = null;
			return new SnapshotSummary(this.tables, this.rows, Duration.ofNanos(System.nanoTime() - startedAt));
		}

	}

}
