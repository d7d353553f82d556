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

package io.github.cdcspring.lab;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One failover, as the application saw it. Times are in milliseconds since 1970.
 *
 * @param event what happened to the primary
 * @param killed when the primary was killed
 * @param promoted when the standby was the primary
 * @param attached when the new standby received from it. Until then, the new primary
 * sends nothing from a failover slot.
 * @param written when the first row was acknowledged after that
 * @param firstEvent when the first event arrived that was written after the promotion
 * @param states the states of the engine from the kill to the first event
 */
record Failover(String event, long killed, long promoted, long attached, long written, long firstEvent,
		List<Recorded.State> states) {

	/** From the promotion to the first event. */
	Duration total() {
		return Duration.ofMillis(this.firstEvent - this.promoted);
	}

	/** From when the server could send to the first event. */
	Duration own() {
		return Duration.ofMillis(this.firstEvent - Math.max(Math.max(this.promoted, this.attached), this.written));
	}

	/** The rules by which starts were refused meanwhile. */
	List<String> refusals() {
		return this.states.stream().map(Recorded.State::rules).filter((rules) -> !rules.isEmpty()).distinct().toList();
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT,
				"%s, promoted after %.1f s, standby attached %.1f s later, first event %.1f s after the promotion "
						+ "(%.1f s after the server could send it); %s; refusals: %s",
				this.event, seconds(this.killed, this.promoted), seconds(this.promoted, this.attached),
				total().toMillis() / 1000.0, own().toMillis() / 1000.0, timeline(),
				refusals().isEmpty() ? "none" : String.join(", ", refusals()));
	}

	private String timeline() {
		return this.states.stream()
			.map((state) -> String.format(Locale.ROOT, "%s at %+.1f s", state.name(),
					seconds(this.promoted, state.time())))
			.collect(Collectors.joining(", "));
	}

	private static double seconds(long from, long to) {
		return (to - from) / 1000.0;
	}

}
