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

package io.github.cdcspring.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy on the loopback interface that fails as networks do: it cuts connections,
 * forgets them without telling anyone, passes on one direction only, or is slow.
 */
public final class TcpProxy implements AutoCloseable {

	/** The state of a client that waits for an answer, in Linux's tables of sockets. */
	private static final String SYN_SENT = "02";

	private static final List<Path> SOCKETS = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

	/** What is on its way at most; a sender that is faster waits. */
	private static final int MOST_CHUNKS = 64;

	private volatile ServerSocket server;

	private volatile Thread acceptor;

	private final InetSocketAddress target;

	/** Fill the queue of a server that drops what is sent to it. */
	private final List<Socket> fillers = new ArrayList<>();

	private final Set<Flow> flows = ConcurrentHashMap.newKeySet();

	private volatile boolean accepting = true;

	private volatile long delayNanos;

	private volatile int bytesPerSecond;

	private TcpProxy(int port, InetSocketAddress target) throws IOException {
		this.server = listen(port, 50);
		this.target = target;
		this.acceptor = thread(this::accept);
	}

	private static ServerSocket listen(int port, int backlog) throws IOException {
		return new ServerSocket(port, backlog, InetAddress.getLoopbackAddress());
	}

	/**
	 * Start a proxy on any free port.
	 */
	public static TcpProxy to(String host, int port) {
		return on(0, host, port);
	}

	/**
	 * Start a proxy on a port.
	 */
	public static TcpProxy on(int port, String targetHost, int targetPort) {
		try {
			return new TcpProxy(port, new InetSocketAddress(targetHost, targetPort));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public int port() {
		return this.server.getLocalPort();
	}

	/**
	 * The same database through this proxy.
	 */
	public TestDatabase through(TestDatabase database) {
		return new TestDatabase("localhost", port(), database.name(), database.user(), database.password());
	}

	/** End all connections. */
	public void cut() {
		this.flows.forEach(Flow::close);
	}

	/**
	 * Drop what is sent over the connections that exist now, in both directions. Neither
	 * side is told. New connections work.
	 */
	public void forget() {
		this.flows.forEach((flow) -> {
			flow.toServer = false;
			flow.toClient = false;
		});
	}

	/** Drop what the server sends over the connections that exist now. */
	public void stallToClient() {
		this.flows.forEach((flow) -> flow.toClient = false);
	}

	/**
	 * Drop what the server sends over the connections that exist now, after some more
	 * bytes of each.
	 */
	public void stallToClientAfter(int bytes) {
		this.flows.forEach((flow) -> flow.leftToClient.set(bytes));
	}

	/** Drop what the client sends over the connections that exist now. */
	public void stallToServer() {
		this.flows.forEach((flow) -> flow.toServer = false);
	}

	/** Whether connections are accepted; others are held open and never answered. */
	public void accept(boolean accepting) {
		this.accepting = accepting;
	}

	/** Refuse further connections, and keep those that exist. */
	public void refuse() throws IOException {
		this.server.close();
	}

	/**
	 * Drop everything, as a network does that a machine has lost: the connections that
	 * exist now are forgotten, and an attempt to connect gets no answer at all. Linux
	 * does not answer while the queue of a server is full.
	 */
	public void drop() throws IOException {
		forget();
		int port = release();
		this.server = listen(port, 1);
		boolean answered = true;
		while (answered) {
			Socket filler = new Socket();
			this.fillers.add(filler);
			answered = connect(filler, this.server.getLocalSocketAddress());
		}
	}

	private static boolean connect(Socket socket, SocketAddress address) throws IOException {
		try {
			socket.connect(address, 500);
			return true;
		}
		catch (SocketTimeoutException ex) {
			// It no longer asks
			socket.close();
			return false;
		}
	}

	/** Whether a client waits for an answer after {@link #drop}. */
	public boolean isAsked() throws IOException {
		String port = ":%04X".formatted(port());
		for (Path table : SOCKETS) {
			if (Files.exists(table) && Files.readAllLines(table)
				.stream()
				.map((socket) -> socket.trim().split(" +"))
				.anyMatch((socket) -> socket[2].endsWith(port) && socket[3].equals(SYN_SENT))) {
				return true;
			}
		}
		return false;
	}

	/** Be reachable again after {@link #drop}. */
	public void restore() throws IOException {
		int port = release();
		for (Socket filler : this.fillers) {
			filler.close();
		}
		this.fillers.clear();
		this.server = listen(port, 50);
		this.acceptor = thread(this::accept);
	}

	/** The port is free only when nobody waits for a connection any more. */
	private int release() throws IOException {
		int port = port();
		this.server.close();
		try {
			this.acceptor.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return port;
	}

	/** How much longer each direction takes, also for the connections that exist now. */
	public void delay(Duration delay) {
		this.delayNanos = delay.toNanos();
	}

	/** How much each direction of a connection passes on, 0 for no limit. */
	public void limit(int bytesPerSecond) {
		this.bytesPerSecond = bytesPerSecond;
	}

	private void accept() {
		ServerSocket server = this.server;
		try {
			while (true) {
				Flow flow = new Flow(server.accept());
				flow.toServer = this.accepting;
				flow.toClient = this.accepting;
				this.flows.add(flow);
				thread(flow::connect);
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
			for (Socket filler : this.fillers) {
				filler.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		cut();
	}

	private static Thread thread(Runnable work) {
		Thread thread = new Thread(work, "tcp-proxy");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private final class Flow {

		private final Socket client;

		private final Socket upstream = new Socket();

		private volatile boolean toServer = true;

		private volatile boolean toClient = true;

		private final AtomicLong leftToClient = new AtomicLong(Long.MAX_VALUE);

		private Flow(Socket client) {
			this.client = client;
		}

		private void connect() {
			try {
				this.client.setTcpNoDelay(true);
				this.upstream.setTcpNoDelay(true);
				this.upstream.connect(TcpProxy.this.target);
				thread(() -> pump(this.upstream, this.client, false));
				pump(this.client, this.upstream, true);
			}
			catch (IOException ex) {
				close();
			}
		}

		private void pump(Socket from, Socket to, boolean toServer) {
			BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(MOST_CHUNKS);
			thread(() -> passOn(chunks, to, toServer));
			try {
				InputStream in = from.getInputStream();
				byte[] buffer = new byte[8192];
				for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
					chunks.put(new Chunk(Arrays.copyOf(buffer, count), System.nanoTime()));
				}
			}
			catch (IOException ex) {
				// The other side has ended
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			end(chunks);
		}

		private void end(BlockingQueue<Chunk> chunks) {
			try {
				chunks.put(new Chunk(new byte[0], System.nanoTime()));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private void passOn(BlockingQueue<Chunk> chunks, Socket to, boolean toServer) {
			boolean broken = false;
			try {
				OutputStream out = to.getOutputStream();
				for (Chunk chunk = chunks.take(); chunk.bytes().length > 0; chunk = chunks.take()) {
					await(chunk);
					if (!broken && passes(toServer)) {
						broken = !write(out, toServer ? chunk : beginning(chunk));
					}
				}
			}
			catch (IOException ex) {
				// The other side has ended
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (passes(toServer)) {
				close();
			}
		}

		private void await(Chunk chunk) throws InterruptedException {
			long rest = chunk.receivedAt() + TcpProxy.this.delayNanos - System.nanoTime();
			int rate = TcpProxy.this.bytesPerSecond;
			long transfer = (rate > 0) ? TimeUnit.SECONDS.toNanos(chunk.bytes().length) / rate : 0;
			TimeUnit.NANOSECONDS.sleep(Math.max(0, rest) + transfer);
		}

		private Chunk beginning(Chunk chunk) {
			int length = chunk.bytes().length;
			long left = this.leftToClient.getAndAdd(-length);
			if (left >= length) {
				return chunk;
			}
			this.toClient = false;
			return new Chunk(Arrays.copyOf(chunk.bytes(), (int) Math.max(0, left)), chunk.receivedAt());
		}

		/** What is read after the other side has ended is dropped. */
		private boolean write(OutputStream out, Chunk chunk) {
			try {
				out.write(chunk.bytes());
				return true;
			}
			catch (IOException ex) {
				close();
				return false;
			}
		}

		private boolean passes(boolean toServer) {
			return toServer ? this.toServer : this.toClient;
		}

		private void close() {
			TcpProxy.this.flows.remove(this);
			for (Socket socket : new Socket[] { this.client, this.upstream }) {
				try {
					socket.close();
				}
				catch (IOException ex) {
					// It is broken in any case
				}
			}
		}

	}

	private record Chunk(byte[] bytes, long receivedAt) {

	}

}
