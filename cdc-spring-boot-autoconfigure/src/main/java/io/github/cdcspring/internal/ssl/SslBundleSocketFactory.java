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

package io.github.cdcspring.internal.ssl;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import javax.net.ssl.SSLSocketFactory;

import org.springframework.boot.ssl.SslBundle;

/**
 * Socket factory with which the PostgreSQL driver uses an SSL bundle. The driver creates
 * it from a class name and one text argument, so it finds the bundle by its name.
 *
 * @see <a href="https://jdbc.postgresql.org/documentation/ssl/">pgjdbc: custom
 * SSLSocketFactory</a>
 */
public final class SslBundleSocketFactory extends SSLSocketFactory {

	private static final Map<String, Supplier<SslBundle>> bundles = new ConcurrentHashMap<>();

	private final SSLSocketFactory delegate;

	/**
	 * Create a factory. The driver calls this constructor.
	 * @param bundle the name of the bundle
	 */
	public SslBundleSocketFactory(String bundle) {
		Supplier<SslBundle> found = bundles.get(bundle);
		if (found == null) {
			throw new IllegalArgumentException("SSL bundle '" + bundle + "' was not registered");
		}
		this.delegate = found.get().createSslContext().getSocketFactory();
	}

	/**
	 * Return the driver properties that make a connection use a bundle.
	 * @param name the name of the bundle
	 * @param bundle returns the bundle as it is now, for each connection
	 * @return the properties
	 */
	public static Map<String, String> driverProperties(String name, Supplier<SslBundle> bundle) {
		bundles.put(name, bundle);
		return Map.of("sslmode", "verify-full", "sslfactory", SslBundleSocketFactory.class.getName(), "sslfactoryarg",
				name);
	}

	@Override
	public String[] getDefaultCipherSuites() {
		return this.delegate.getDefaultCipherSuites();
	}

	@Override
	public String[] getSupportedCipherSuites() {
		return this.delegate.getSupportedCipherSuites();
	}

	@Override
	public Socket createSocket() throws IOException {
		return this.delegate.createSocket();
	}

	@Override
	public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
		return this.delegate.createSocket(socket, host, port, autoClose);
	}

	@Override
	public Socket createSocket(String host, int port) throws IOException {
		return this.delegate.createSocket(host, port);
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
		return this.delegate.createSocket(host, port, localHost, localPort);
	}

	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		return this.delegate.createSocket(host, port);
	}

	@Override
	public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
			throws IOException {
		return this.delegate.createSocket(address, port, localAddress, localPort);
	}

}
