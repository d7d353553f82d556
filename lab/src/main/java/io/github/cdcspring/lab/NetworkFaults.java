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

import io.github.cdcspring.testsupport.TcpProxy;

/**
 * Faults of the network between application and server.
 */
final class NetworkFaults {

	/** This one takes longest. */
	static final Fault AWAY = Fault.of("network-away",
			"Nothing arrives in either direction for 3 minutes, also over new connections", (scene) -> {
				scene.network((proxy) -> proxy.accept(false));
				scene.network(TcpProxy::forget);
				scene.pauseFor(180_000);
				scene.network((proxy) -> proxy.accept(true));
				scene.network(TcpProxy::forget);
			});

	static final List<Fault> ALL = List.of(
			Fault.of("connections-reset", "All connections are reset", (scene) -> scene.network(TcpProxy::cut)),

			Fault.of("connections-forgotten", "A firewall forgets all connections",
					(scene) -> scene.network(TcpProxy::forget)),

			Fault.of("stream-forgotten",
					"A firewall forgets the connections of the engine, not those of the `DataSource`",
					(scene) -> scene.proxy().forget()),

			Fault.of("store-forgotten",
					"A firewall forgets the connections of the `DataSource`, not those of the engine", (scene) -> {
						scene.storeProxy().forget();
						// The pool finds that out within its limits, earlier than health
						// shows it
						scene.awaitNewRow();
					})
				.unnoticed(),

			Fault.of("store-reset", "The connections of the `DataSource` are reset", (scene) -> {
				scene.storeProxy().cut();
				scene.awaitNewRow();
			}).unnoticed(),

			Fault.of("nothing-from-server", "Nothing of what the server sends arrives",
					(scene) -> scene.network(TcpProxy::stallToClient)),

			Fault.of("nothing-to-server", "Nothing of what the application sends arrives",
					(scene) -> scene.network(TcpProxy::stallToServer)),

			AWAY,

			Fault.of("network-slow", "Each direction takes 200 ms longer, for 20 s", (scene) -> {
				scene.network((proxy) -> proxy.delay(Duration.ofMillis(200)));
				scene.pauseFor(20_000);
				scene.network((proxy) -> proxy.delay(Duration.ZERO));
			}).unnoticed(),

			Fault.of("network-slow-reconnect", "Each direction takes 200 ms longer, and the connections are reset",
					(scene) -> {
						scene.network((proxy) -> proxy.delay(Duration.ofMillis(200)));
						scene.network(TcpProxy::cut);
						scene.awaitNewRow();
						scene.network((proxy) -> proxy.delay(Duration.ZERO));
					}),

			Fault.of("network-narrow", "50 kB/s pass in each direction, for 20 s", (scene) -> {
				scene.network((proxy) -> proxy.limit(50_000));
				scene.pauseFor(20_000);
				scene.network((proxy) -> proxy.limit(0));
			}).unnoticed());

	private NetworkFaults() {
	}

}
