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
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The sockets of some connections to the source database. The driver creates them through
 * {@link SourceSocketFactory}.
 * <p>
 * They all lead to one address if one is given, whatever the host name resolves to by
 * then. The operating system probes idle connections, so that a connection whose flow a
 * firewall has forgotten fails within half a minute.
 * <p>
 * To check for a message in the replication stream, the driver reads the socket with a
 * timeout of one millisecond. Debezium repeats that check all the time, with pauses in
 * which a message has to wait. These sockets can prolong the check until a message
 * arrives, up to a limit, which lowers both latency and CPU time.
 */
public final class SourceSockets implements AutoCloseable {

	private static final Map<String, SourceSockets> registered = new ConcurrentHashMap<>();

	private static final int KEEPALIVE_IDLE_SECONDS = 10;

	private static final int KEEPALIVE_INTERVAL_SECONDS = 5;

	private static final int KEEPALIVE_PROBES = 3;

	/** The driver's timeout for the check for a message, in milliseconds. */
	private static final int CHECK = 1;

	/**
	 * The check holds the driver's lock, so a sender waits for up to this long.
	 */
	private static final int LIMIT = Math.toIntExact(Duration.ofMillis(50).toMillis());

	private final String id = UUID.randomUUID().toString();

	private final Set<SourceSocket> open = ConcurrentHashMap.newKeySet();

	private final @Nullable InetSocketAddress address;

	private final boolean blockingReads;

	private volatile Duration connectLimit = Duration.ZERO;

	private volatile @Nullable InetSocketAddress reached;

	private volatile boolean aborted;

	private SourceSockets(@Nullable InetSocketAddress address, boolean blockingReads) {
		this.address = address;
		this.blockingReads = blockingReads;
	}

	/**
	 * Let the driver find new sockets by their id, until they are closed.
	 * @param address the address that they all lead to, {@code null} for that of the host
	 * @param blockingReads whether to prolong the driver's check for a message
	 */
	public static SourceSockets register(@Nullable InetSocketAddress address, boolean blockingReads) {
		SourceSockets sockets = new SourceSockets(address, blockingReads);
		registered.put(sockets.id, sockets);
		return sockets;
	}

	static SourceSockets find(String id) throws SocketException {
		SourceSockets sockets = registered.get(id);
		if (sockets == null) {
			throw closed();
		}
		return sockets;
	}

	private static SocketException closed() {
		return new SocketException("The engine has closed its connections");
	}

	/**
	 * The driver's properties with which it creates these sockets.
	 * @param properties the properties that the application has set. A socket factory
	 * among them is used instead.
	 */
	public Map<String, String> driverProperties(Map<String, String> properties) {
		if (properties.containsKey(PGProperty.SOCKET_FACTORY.getName())) {
			return Map.of();
		}
		return Map.of(PGProperty.SOCKET_FACTORY.getName(), SourceSocketFactory.class.getName(),
				PGProperty.SOCKET_FACTORY_ARG.getName(), this.id, PGProperty.TCP_KEEP_ALIVE.getName(), "true");
	}

	/**
	 * Limit each attempt to connect, if the driver does not. The driver's own limit is
	 * one for all hosts, so that one which does not answer would leave a millisecond to
	 * the next.
	 * @param limit how long an attempt may take
	 */
	public void limitConnect(Duration limit) {
		this.connectLimit = limit;
	}

	Socket create() {
		return new SourceSocket();
	}

	/**
	 * The address that the last connection has reached, {@code null} if there was none.
	 */
	public @Nullable InetSocketAddress reached() {
		return this.reached;
	}

	/**
	 * What the replication stream has brought.
	 * @return the activity, {@code null} if no stream is open
	 */
	public @Nullable Activity stream() {
		Activity activity = null;
		for (SourceSocket socket : this.open) {
			if (socket.stream) {
				// The driver gives the rest of a message status.update.interval.ms
				activity = new Activity(socket.reading ? System.nanoTime() : socket.lastRead, socket.lastReceived);
			}
		}
		return activity;
	}

	/**
	 * For how long a connection other than the stream has waited for an answer.
	 * @return the longest time, zero if none waits
	 */
	public Duration longestWait() {
		long now = System.nanoTime();
		long longest = 0;
		for (SourceSocket socket : this.open) {
			if (!socket.stream && socket.reading) {
				longest = Math.max(longest, now - socket.readingSince);
			}
		}
		return Duration.ofNanos(longest);
	}

	/**
	 * Break all connections, and open no more. Reads that hang fail at once. Debezium
	 * would connect again to end its session in order.
	 */
	public void abort() {
		this.aborted = true;
		this.open.forEach(SourceSocket::closeQuietly);
	}

	/** Create no more sockets. Those that are open stay so. */
	@Override
	public void close() {
		registered.remove(this.id);
	}

	/**
	 * What the replication stream has brought.
	 *
	 * @param lastRead when it was last read, as {@link System#nanoTime}; now if a read is
	 * in progress
	 * @param lastReceived when a read last brought something
	 */
	public record Activity(long lastRead, long lastReceived) {

		/**
		 * Whether something has arrived since.
		 */
		public boolean hasReceivedSince(long time) {
			return this.lastReceived - time > 0;
		}

		/**
		 * For how long reads have brought nothing.
		 */
		public Duration silence() {
			return Duration.ofNanos(Math.max(0, this.lastRead - this.lastReceived));
		}

	}

	private final class SourceSocket extends Socket {

		private volatile boolean stream;

		private volatile long lastRead = System.nanoTime();

		private volatile long lastReceived = this.lastRead;

		private volatile long readingSince;

		private volatile boolean reading;

		@Override
		public void connect(SocketAddress endpoint, int timeout) throws IOException {
			keepAlive();
			InetSocketAddress address = SourceSockets.this.address;
			// An abort also ends an attempt to connect
			SourceSockets.this.open.add(this);
			try {
				if (SourceSockets.this.aborted) {
					throw closed();
				}
				int limit = (timeout > 0) ? timeout : Math.toIntExact(SourceSockets.this.connectLimit.toMillis());
				super.connect((address != null) ? address : endpoint, limit);
			}
			catch (IOException ex) {
				SourceSockets.this.open.remove(this);
				throw ex;
			}
			SourceSockets.this.reached = (InetSocketAddress) getRemoteSocketAddress();
		}

		private void keepAlive() throws IOException {
			setKeepAlive(true);
			option(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
			option(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_SECONDS);
			option(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_PROBES);
		}

		private void option(SocketOption<Integer> option, int value) throws IOException {
			if (supportedOptions().contains(option)) {
				setOption(option, value);
			}
		}

		@Override
		public synchronized void setSoTimeout(int timeout) throws SocketException {
			boolean check = timeout == CHECK;
			if (check && !this.stream) {
				this.lastReceived = System.nanoTime();
				this.stream = true;
			}
			super.setSoTimeout((check && SourceSockets.this.blockingReads) ? LIMIT : timeout);
		}

		@Override
		public InputStream getInputStream() throws IOException {
			return new FilterInputStream(super.getInputStream()) {

				@Override
				public int read() throws IOException {
					return received(super.read());
				}

				@Override
				public int read(byte[] bytes, int offset, int length) throws IOException {
					SourceSocket.this.readingSince = System.nanoTime();
					SourceSocket.this.reading = true;
					try {
						return received(super.read(bytes, offset, length));
					}
					finally {
						SourceSocket.this.reading = false;
						SourceSocket.this.lastRead = System.nanoTime();
					}
				}

			};
		}

		/**
		 * The driver takes the end of the stream for a message that is still to come, and
		 * notices only when it sends something itself.
		 */
		private int received(int result) throws IOException {
			if (result < 0 && this.stream) {
				throw new EOFException("The server has closed the replication connection");
			}
			if (result >= 0) {
				long now = System.nanoTime();
				this.lastReceived = now;
				this.lastRead = now;
			}
			return result;
		}

		@Override
		public void close() throws IOException {
			SourceSockets.this.open.remove(this);
			super.close();
		}

		private void closeQuietly() {
			try {
				close();
			}
			catch (IOException ex) {
				// It is broken in any case
			}
		}

	}

}
