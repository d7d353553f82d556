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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;

import javax.net.SocketFactory;

import org.jspecify.annotations.Nullable;

/**
 * Creates the sockets of the replication stream. To check for a message, the driver reads
 * the socket with a timeout of one millisecond. Debezium repeats that check all the time,
 * with pauses in which a message has to wait. These sockets prolong the check until a
 * message arrives, up to a limit, which lowers both latency and CPU time.
 *
 * @see <a href="https://jdbc.postgresql.org/documentation/use/#connection-parameters">The
 * PostgreSQL JDBC driver: socketFactory</a>
 */
public final class BlockingReadSocketFactory extends SocketFactory {

	@Override
	public Socket createSocket() {
		return new BlockingReadSocket();
	}

	@Override
	public Socket createSocket(String host, int port) throws IOException {
		return connected(new InetSocketAddress(host, port), null);
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
		return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
	}

	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		return connected(new InetSocketAddress(host, port), null);
	}

	@Override
	public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
		return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
	}

	private Socket connected(InetSocketAddress address, @Nullable InetSocketAddress local) throws IOException {
		Socket socket = createSocket();
		try {
			socket.bind(local);
			socket.connect(address);
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	private static final class BlockingReadSocket extends Socket {

		/** The driver's timeout for the check, in milliseconds. */
		private static final int CHECK = 1;

		/**
		 * The check holds the driver's lock, so a sender waits for up to this long.
		 */
		private static final int LIMIT = Math.toIntExact(Duration.ofMillis(50).toMillis());

		@Override
		public synchronized void setSoTimeout(int timeout) throws SocketException {
			super.setSoTimeout((timeout == CHECK) ? LIMIT : timeout);
		}

	}

}
