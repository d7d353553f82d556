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

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import javax.net.ssl.SSLHandshakeException;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.debezium.EngineFailure.Kind;
import io.github.cdcspring.internal.support.StoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.GT;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The kinds of failures, and that the documented table is that of the code.
 */
class FailureRuleTests {

	private static final Pattern ROW = Pattern
		.compile("(?m)^\\| `([0-9A-Za-z-]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$");

	private static final Map<Kind, String> BEHAVIOR = Map.of(Kind.CONNECTION_LOST, "retries", Kind.TEMPORARY, "retries",
			Kind.SETUP, "fails the first start, retries later", Kind.PERMANENT, "`FAILED`");

	@Test
	void documentsEveryRule() throws IOException {
		String page = Files.readString(Path.of("..", "docs", "faults-handled.md"));
		String section = page.substring(page.indexOf("### Failures of connection and server"));
		List<List<String>> documented = ROW.matcher(section)
			.results()
			.map((row) -> List.of(row.group(1), row.group(2), row.group(3), row.group(4)))
			.toList();
		assertThat(documented).isEqualTo(FailureRule.RULES.stream()
			.map((rule) -> List.of(rule.id(), String.valueOf(BEHAVIOR.get(rule.kind())), rule.reason(),
					(rule.action() != null) ? rule.action() : "–"))
			.toList());
	}

	@Test
	void saysWhatToDoForEachRuleThatDoesNotPass() {
		assertThat(FailureRule.RULES)
			.filteredOn((rule) -> rule.kind().isLasting() && rule != FailureRule.NOT_POSTGRESQL)
			.allSatisfy((rule) -> assertThat(rule.action()).isNotBlank());
	}

	@ParameterizedTest
	@CsvSource({ "08001, CONNECTION_LOST", "08006, CONNECTION_LOST", "08004, SETUP", "28P01, SETUP", "28000, SETUP",
			"3D000, SETUP", "42501, SETUP", "42P01, SETUP", "0A000, SETUP", "22021, PERMANENT", "25006, TEMPORARY",
			"40001, TEMPORARY", "40P01, TEMPORARY", "53100, TEMPORARY", "53300, TEMPORARY", "55006, TEMPORARY",
			"55P03, TEMPORARY", "57014, TEMPORARY", "57P01, CONNECTION_LOST", "57P02, CONNECTION_LOST",
			"57P03, CONNECTION_LOST", "58030, TEMPORARY", "XX001, PERMANENT", "XX000, TEMPORARY", "99999, TEMPORARY",
			"'', TEMPORARY" })
	void classifiesByTheLongestState(String state, Kind kind) {
		assertThat(EngineFailure.of(null, new SQLException("it failed", state)).kind()).isEqualTo(kind);
		assertThat(EngineFailure.of(null, new IllegalStateException(new SQLException("it failed", state))).kind())
			.isEqualTo(kind);
	}

	@ParameterizedTest
	@CsvSource({
			"could not find record while sending logically-decoded data: incorrect resource manager data checksum in record at 0/16B3748",
			"incorrect resource manager data checksum in record at 0/16B3748",
			"invalid record length at 0/16B3748: wanted 24; got 0" })
	void recognizesADamagedRecord(String message) {
		EngineFailure failure = EngineFailure.of(null, new SQLException(message, "XX000"));
		assertThat(failure.kind()).isEqualTo(Kind.PERMANENT);
		assertThat(failure.message()).contains(message).contains("Fail over to a standby whose WAL is intact");
	}

	@Test
	void tellsTlsFromALostConnection() {
		assertThat(kindOf(new SSLHandshakeException("alert"))).isEqualTo(Kind.SETUP);
		assertThat(kindOf(cause(new SSLHandshakeException("path"), new CertificateException("unknown"))))
			.isEqualTo(Kind.SETUP);
		assertThat(kindOf(cause(new SSLHandshakeException("terminated"), new EOFException())))
			.isEqualTo(Kind.CONNECTION_LOST);
		assertThat(kindOf(cause(new SSLHandshakeException("reset"), new SocketException())))
			.isEqualTo(Kind.CONNECTION_LOST);
		assertThat(kindOf(new UnknownHostException("db"))).isEqualTo(Kind.CONNECTION_LOST);
		assertThat(kindOf(new ClassNotFoundException("factory"))).isEqualTo(Kind.SETUP);
		assertThat(kindOf(new FileNotFoundException("root.crt"))).isEqualTo(Kind.SETUP);
		String unverified = GT.tr("The hostname {0} could not be verified by hostnameverifier {1}.", "db", "verifier");
		assertThat(EngineFailure.of(null, new SQLException(unverified, "08006")).kind()).isEqualTo(Kind.SETUP);
	}

	@ParameterizedTest
	@CsvSource({ "53300, TEMPORARY", "28P01, SETUP", "57P03, CONNECTION_LOST", "22003, PERMANENT" })
	void failureOfAQuestionIsJudgedByItsCause(String state, Kind kind) {
		CdcException failure = new CdcException("the types cannot be read", new SQLException("", state));
		EngineFailure judged = EngineFailure.of(null, new IllegalStateException(failure));
		assertThat(judged.kind()).isEqualTo(kind);
		assertThat(judged.message()).isEqualTo("the types cannot be read");
		assertThat(EngineFailure.of(null, new CdcException("a setting")).kind()).isEqualTo(Kind.PERMANENT);
	}

	@Test
	void aStoreThatWorkedBeforeMayWorkAgain() {
		assertThat(EngineFailure.of(null, new StoreException("no right", new SQLException("denied", "42501")))
			.isTemporaryOnceStarted()).isTrue();
		assertThat(EngineFailure.of(null, new StoreException("no right", new SQLException("denied", "42501")))
			.isTemporary()).isFalse();
		assertThat(EngineFailure.of(null, new StoreException("full", new SQLException("full", "53100"))).isTemporary())
			.isTrue();
	}

	private static Kind kindOf(Throwable cause) {
		return EngineFailure.of(null, new SQLException("it failed", "08006", cause)).kind();
	}

	private static Throwable cause(Throwable throwable, Throwable cause) {
		return throwable.initCause(cause);
	}

}
