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

import java.util.function.Consumer;

/**
 * How an instance ceases to receive, so that another one takes over.
 */
enum Takeover {

	/** A graceful stop. */
	STOP(ApplicationProcess::requestStop),

	/** SIGKILL. */
	KILL(ApplicationProcess::kill),

	/** SIGSTOP, which the server notices after {@code wal_sender_timeout}. */
	PAUSE(ApplicationProcess::pause);

	private final Consumer<ApplicationProcess> action;

	Takeover(Consumer<ApplicationProcess> action) {
		this.action = action;
	}

	void end(ApplicationProcess leader) {
		this.action.accept(leader);
	}

	/** Make it a standby of its successor. */
	void bringBack(ApplicationProcess former) {
		if (this == PAUSE) {
			former.resume();
		}
		else {
			former.stop();
			former.start();
		}
	}

}
