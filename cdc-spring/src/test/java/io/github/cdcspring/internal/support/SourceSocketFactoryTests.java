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

package io.github.cdcspring.internal.support;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.postgresql.PGProperty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SourceSocketFactoryTests {

	private final SourceSockets sockets = SourceSockets.register(null, true);

	private final SourceSocketFactory factory = factory(this.sockets);

	private static SourceSocketFactory factory(SourceSockets sockets) {
		try {
			return new SourceSocketFactory(
					sockets.driverProperties(Map.of()).get(PGProperty.SOCKET_FACTORY_ARG.getName()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void looksLongerThanTheDriverAsksFor() throws Exception {
		try (Socket socket = this.factory.createSocket()) {
			socket.setSoTimeout(1);

			assertThat(socket.getSoTimeout()).isEqualTo(50);
		}
	}

	@Test
	void keepsEveryOtherTimeout() throws Exception {
		try (Socket socket = this.factory.createSocket()) {
			socket.setSoTimeout(10_000);
			assertThat(socket.getSoTimeout()).isEqualTo(10_000);

			socket.setSoTimeout(0);
			assertThat(socket.getSoTimeout()).isZero();
		}
	}

	@Test
	void connectsInEveryWay() throws Exception {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		try (ServerSocket server = new ServerSocket(0, 4, loopback)) {
			int port = server.getLocalPort();
			try (Socket byName = this.factory.createSocket(loopback.getHostAddress(), port);
					Socket byAddress = this.factory.createSocket(loopback, port);
					Socket byNameFrom = this.factory.createSocket(loopback.getHostAddress(), port, loopback, 0);
					Socket byAddressFrom = this.factory.createSocket(loopback, port, loopback, 0)) {
				assertThat(new Socket[] { byName, byAddress, byNameFrom, byAddressFrom }).allMatch(Socket::isConnected);
			}
		}
	}

	@Test
	void leadsToTheGivenAddressWhateverTheNameResolvesTo() throws Exception {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		try (ServerSocket server = new ServerSocket(0, 4, loopback)) {
			InetSocketAddress address = new InetSocketAddress(loopback, server.getLocalPort());
			try (SourceSockets pinned = SourceSockets.register(address, false);
					Socket socket = factory(pinned).createSocket()) {
				socket.connect(InetSocketAddress.createUnresolved("elsewhere.invalid", 1), 0);
				assertThat(pinned.reached()).isEqualTo(address);
			}
		}
	}

	@Test
	void theEndOfTheReplicationStreamIsAFailure() throws Exception {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		try (ServerSocket server = new ServerSocket(0, 4, loopback);
				Socket stream = this.factory.createSocket(loopback, server.getLocalPort());
				Socket other = this.factory.createSocket(loopback, server.getLocalPort())) {
			server.accept().close();
			server.accept().close();
			stream.setSoTimeout(1);
			assertThatExceptionOfType(EOFException.class)
				.isThrownBy(() -> stream.getInputStream().read(new byte[1], 0, 1));
			assertThatExceptionOfType(EOFException.class).isThrownBy(() -> stream.getInputStream().read());
			assertThat(other.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void abortBreaksAReadThatHangs() throws Exception {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		try (ServerSocket server = new ServerSocket(0, 4, loopback);
				Socket socket = this.factory.createSocket(loopback, server.getLocalPort())) {
			CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() -> {
				try {
					socket.getInputStream().read();
					return new AssertionError("Nothing was sent");
				}
				catch (IOException ex) {
					return ex;
				}
			});
			this.sockets.abort();
			assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
		}
	}

	@Test
	void abortEndsAnAttemptToConnect() throws Exception {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		try (ServerSocket full = new ServerSocket(0, 1, loopback);
				Socket first = new Socket(loopback, full.getLocalPort());
				Socket second = new Socket(loopback, full.getLocalPort())) {
			assertThat(new Socket[] { first, second }).allMatch(Socket::isConnected);
			CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() -> connect(full.getLocalPort()));
			this.sockets.abort();
			assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(SocketException.class);
		}
	}

	@Test
	void abortPermitsNoFurtherConnection() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
			this.sockets.abort();
			assertThat(connect(server.getLocalPort())).isInstanceOf(SocketException.class)
				.hasMessage("The engine has closed its connections");
		}
	}

	private Throwable connect(int port) {
		try (Socket socket = this.factory.createSocket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 60_000);
			return new AssertionError("The socket is connected");
		}
		catch (IOException ex) {
			return ex;
		}
	}

}
