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

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * All faults, in the order in which they run.
 */
final class FaultCatalog {

	/** The faults by what fails. */
	static final List<Fault> ALL = Stream
		.of(ServerFaults.ALL, NetworkFaults.ALL, RoleFaults.ALL, StoreFaults.ALL, ApplicationFaults.ALL,
				ListenerFaults.ALL, SlotFaults.ALL, TableFaults.ALL)
		.flatMap(Collection::stream)
		.toList();

	private FaultCatalog() {
	}

	/**
	 * Find faults.
	 * @param names their names, all if there is none
	 * @throws IllegalArgumentException if there is no such fault
	 */
	static List<Fault> find(List<String> names) {
		return names.isEmpty() ? ALL : names.stream().map(FaultCatalog::find).toList();
	}

	private static Fault find(String name) {
		return ALL.stream()
			.filter((fault) -> fault.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no fault '" + name + "'. There are "
					+ String.join(", ", ALL.stream().map(Fault::name).toList())));
	}

}
