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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * Connections whose result sets return every value as the server's text. The driver's own
 * conversions lose values: its calendar lacks ten days of the year 1582, and its interval
 * is never infinite. The stream consists of the same text, so one parser reads both.
 *
 * @see io.github.cdcspring.internal.row.PostgresTypeKind
 */
final class TextResults {

	/**
	 * Debezium reads the values of this type without a conversion of its own.
	 */
	private static final String TEXT = "pg_catalog.text";

	private static final String ENUM_LABELS = "enum_values";

	private TextResults() {
	}

	static Connection of(Connection connection) {
		return proxy(Connection.class, connection, (method, arguments) -> {
			Object result = invoke(connection, method, arguments);
			return (result instanceof Statement statement) ? statement(method.getReturnType(), statement) : result;
		});
	}

	private static Object statement(Class<?> type, Statement statement) {
		return proxy(type, statement, (method, arguments) -> {
			Object result = invoke(statement, method, arguments);
			return (result instanceof ResultSet results) ? results(results) : result;
		});
	}

	private static ResultSet results(ResultSet results) {
		return proxy(ResultSet.class, results, new Call() {

			private @Nullable ResultSetMetaData metaData;

			@Override
			public @Nullable Object of(Method method, Object @Nullable [] arguments) throws Throwable {
				if (method.getName().equals("getObject") && arguments != null && arguments.length == 1) {
					return (arguments[0] instanceof Integer column) ? results.getString(column)
							: results.getString((String) arguments[0]);
				}
				if (method.getName().equals("getMetaData")) {
					if (this.metaData == null) {
						this.metaData = metaData(results.getMetaData());
					}
					return this.metaData;
				}
				Object result = invoke(results, method, arguments);
				return (result == null && method.getReturnType() == Array.class) ? noLabels(results, arguments)
						: result;
			}

		});
	}

	private static ResultSetMetaData metaData(ResultSetMetaData metaData) {
		return proxy(ResultSetMetaData.class, metaData,
				(method, arguments) -> method.getName().equals("getColumnTypeName") ? TEXT
						: invoke(metaData, method, arguments));
	}

	/**
	 * Debezium reads the labels of every enum of the database, and expects that there are
	 * some. An enum may be without labels, and so is every domain over an enum.
	 */
	private static @Nullable Array noLabels(ResultSet results, Object @Nullable [] arguments) throws SQLException {
		return (arguments != null && ENUM_LABELS.equals(arguments[0]))
				? results.getStatement().getConnection().createArrayOf("text", new String[0]) : null;
	}

	private static <T> T proxy(Class<T> type, Object target, Call call) {
		InvocationHandler handler = (proxy, method, arguments) -> call.of(method, arguments);
		return type.cast(Proxy.newProxyInstance(target.getClass().getClassLoader(), new Class<?>[] { type }, handler));
	}

	private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
			throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	/**
	 * A call of a method of a proxy.
	 */
	private interface Call {

		@Nullable Object of(Method method, Object @Nullable [] arguments) throws Throwable;

	}

}
