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

import java.io.IOException;
import java.util.List;

import io.github.cdcspring.testsupport.TcpProxy;

/**
 * The network of a machine with PostgreSQL and Patroni: how others reach both, and how
 * Patroni reaches etcd.
 */
final class PatroniNetwork implements AutoCloseable {

	private static final String HOST = "127.0.0.1";

	private final TcpProxy server;

	private final TcpProxy api;

	private final TcpProxy etcd;

	private boolean dropped;

	PatroniNetwork(int serverPort, int apiPort, int etcdPort) {
		this.server = TcpProxy.to(HOST, serverPort);
		this.api = TcpProxy.to(HOST, apiPort);
		this.etcd = TcpProxy.to(HOST, etcdPort);
	}

	/** Where others find the server. */
	String server() {
		return HOST + ":" + this.server.port();
	}

	/** Where others find Patroni's REST API. */
	String api() {
		return HOST + ":" + this.api.port();
	}

	/** Where Patroni finds etcd. */
	String etcd() {
		return HOST + ":" + this.etcd.port();
	}

	/** Drop everything between this machine and all others. */
	void drop() throws IOException {
		this.dropped = true;
		for (TcpProxy proxy : all()) {
			proxy.drop();
		}
	}

	/** Undo {@link #drop}. */
	void restore() throws IOException {
		if (this.dropped) {
			this.dropped = false;
			for (TcpProxy proxy : all()) {
				proxy.restore();
			}
		}
	}

	private List<TcpProxy> all() {
		return List.of(this.server, this.api, this.etcd);
	}

	@Override
	public void close() {
		all().forEach(TcpProxy::close);
	}

}
