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

package io.github.cdcspring.offset;

/**
 * Another instance has taken over the position, so this one may neither store nor
 * deliver.
 *
 * @since 0.1.0
 */
public class OffsetFencedException extends OffsetStoreException {

	/**
	 * Create an exception.
	 * @param key whose position it is
	 * @param epoch the epoch of this instance
	 * @param stored the epoch that is stored
	 */
	public OffsetFencedException(OffsetKey key, long epoch, long stored) {
		super(("Another instance has taken over %s: its epoch %d has replaced %d. This instance stores and delivers "
				+ "nothing more, so that no event is processed after a later one. If that instance is not meant to "
				+ "receive, stop it.")
			.formatted(key, stored, epoch), null);
	}

}
