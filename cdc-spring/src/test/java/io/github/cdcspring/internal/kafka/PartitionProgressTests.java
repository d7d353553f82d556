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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PartitionProgressTests {

	private final PartitionProgress progress = new PartitionProgress(10, true, 1);

	@Test
	void commitsOnlyWhatIsProcessedWithoutAHole() {
		Runnable first = this.progress.add(10);
		Runnable second = this.progress.add(11);
		second.run();
		assertThat(this.progress.uncommitted()).isNull();
		assertThat(this.progress.isIdle()).isFalse();
		first.run();
		assertThat(this.progress.uncommitted()).isEqualTo(12);
		assertThat(this.progress.isIdle()).isTrue();
	}

	@Test
	void commitsWhereAGroupBegins() {
		PartitionProgress unknown = new PartitionProgress(10, false, 1);
		assertThat(unknown.end()).isNull();
		assertThat(unknown.uncommitted()).isEqualTo(10);
		unknown.committed(10);
		assertThat(unknown.uncommitted()).isNull();
	}

	@Test
	void neverGoesBackWhenSeveralThreadsAsk() throws InterruptedException {
		int records = 200_000;
		Thread other = new Thread(() -> {
			while (this.progress.processed() < records) {
				Thread.onSpinWait();
			}
		});
		other.start();
		long last = 0;
		for (int offset = 10; offset < records; offset++) {
			this.progress.add(offset).run();
			long processed = this.progress.processed();
			assertThat(processed).isGreaterThanOrEqualTo(last);
			last = processed;
		}
		assertThat(this.progress.processed()).isEqualTo(records);
		other.join();
	}

	@Test
	void countsOffsetsThatTheTopicDoesNotHave() {
		this.progress.add(15).run();
		assertThat(this.progress.uncommitted()).isEqualTo(16);
		this.progress.committed(16);
		assertThat(this.progress.uncommitted()).isNull();
	}

}
