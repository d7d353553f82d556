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

package io.github.cdcspring.internal.parking;

import java.io.IOException;
import java.sql.SQLException;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.UnexpectedRollbackException;

import static org.assertj.core.api.Assertions.assertThat;

class CommitFailureTests {

	@ParameterizedTest
	@ValueSource(strings = { "23505", "22003", "P0001", "44000", "25P02", "42501", "42P01", "0A000", "54000", "55000" })
	void whatTheServerRejectsIsOfTheListener(String state) {
		assertThat(CommitFailure.isOfListener(commit(new SQLException("", state)))).isTrue();
		assertThat(CommitFailure.isOfListener(new DataIntegrityViolationException("", new SQLException("", state))))
			.isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "08006", "40001", "40P01", "53300", "57014", "57P01", "58030", "XX000", "25006", "25P03",
			"25P04", "55P03" })
	void whatMayPassIsOfTheDatabase(String state) {
		assertThat(CommitFailure.isOfListener(commit(new SQLException("", state)))).isFalse();
	}

	@Test
	void failureOfThePoolIsOfTheDatabase() {
		assertThat(CommitFailure.isOfListener(commit(new SQLException("Connection is closed")))).isFalse();
		assertThat(CommitFailure.isOfListener(commit(new IOException("reset")))).isFalse();
	}

	@ParameterizedTest
	@MethodSource
	void whatAPersistenceContextRejectsIsOfTheListener(Throwable failure) {
		assertThat(CommitFailure.isOfListener(failure)).isTrue();
	}

	static Stream<Throwable> whatAPersistenceContextRejectsIsOfTheListener() {
		return Stream.of(
				// as a persistence provider reports a validation: no SQLSTATE
				commit(new RuntimeException("rollback", new IllegalArgumentException("validation"))),
				new OptimisticLockingFailureException("version", new IllegalStateException()),
				new OptimisticLockingFailureException("version"),
				new InvalidDataAccessApiUsageException("transient value", new IllegalStateException()),
				new UnexpectedRollbackException("marked"));
	}

	@ParameterizedTest
	@MethodSource
	void whatTheTransactionManagerThrowsItselfIsOfTheDatabase(Throwable failure) {
		assertThat(CommitFailure.isOfListener(failure)).isFalse();
	}

	static Stream<Throwable> whatTheTransactionManagerThrowsItselfIsOfTheDatabase() {
		return Stream.of(commit(null), new TransactionTimedOutException(""), new NoClassDefFoundError("driver"),
				commit(new RuntimeException(new StackOverflowError())));
	}

	private static TransactionSystemException commit(@Nullable Throwable cause) {
		return (cause != null) ? new TransactionSystemException("", cause) : new TransactionSystemException("");
	}

}
