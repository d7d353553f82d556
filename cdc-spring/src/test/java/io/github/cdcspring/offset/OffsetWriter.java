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

import java.nio.file.Path;
import java.util.List;

import io.github.cdcspring.Lsn;

/**
 * A process that saves positions until it is killed, and prints each one that is saved.
 */
public final class OffsetWriter {

	private OffsetWriter() {
	}

	/**
	 * Save positions.
	 * @param args the file and how many to save
	 */
	public static void main(String[] args) throws Exception {
		FileOffsetStore store = new FileOffsetStore(Path.of(args[0]));
		for (long i = 1; i <= Long.parseLong(args[1]); i++) {
			store.save(OffsetStoreContract.key("default"), 1,
					new StoredOffset(new Lsn(i), "{}", null, null, List.of(), false, OffsetStoreContract.STORED_AT));
			System.out.println(i);
		}
		Thread.currentThread().join();
	}

}
