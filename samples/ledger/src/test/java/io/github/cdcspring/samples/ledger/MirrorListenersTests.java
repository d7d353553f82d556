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

package io.github.cdcspring.samples.ledger;

import java.sql.SQLException;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.cdcspring.boot.test.CdcScenario;
import io.github.cdcspring.boot.test.CdcTest;
import io.github.cdcspring.boot.test.KillPoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The listeners with the test kit: what is committed in the source is in the mirror.
 */
@CdcTest(properties = { "spring.sql.init.mode=always", "spring.sql.init.schema-locations=classpath:source-schema.sql" })
@Import(MirrorConfiguration.class)
class MirrorListenersTests {

	@Autowired
	private CdcScenario scenario;

	@Autowired
	private JdbcClient source;

	private JdbcTemplate mirror;

	@DynamicPropertySource
	static void mirror(DynamicPropertyRegistry properties) throws SQLException {
		HikariDataSource mirror = TestLedger.createMirror();
		properties.add("ledger.mirror.jdbc-url", mirror::getJdbcUrl);
		properties.add("ledger.mirror.username", mirror::getUsername);
		properties.add("ledger.mirror.password", mirror::getPassword);
	}

	@Autowired
	void useMirror(@Qualifier("mirror") DataSource mirror) {
		this.mirror = new JdbcTemplate(mirror);
	}

	@BeforeEach
	void empty() {
		this.scenario.stimulate(() -> this.source.sql("DELETE FROM ledger_extra").update()).andWaitForChanges();
	}

	@Test
	void mirrorFollowsTheSource() {
		this.scenario.stimulate(() -> {
			insert(1, "first");
			insert(2, "second");
			this.source.sql("UPDATE ledger_extra SET note = 'changed' WHERE id = 1").update();
			this.source.sql("DELETE FROM ledger_extra WHERE id = 2").update();
		}).andWaitForChanges().andVerify((nothing) -> assertThat(notes()).containsExactly("changed"));
	}

	@ParameterizedTest
	@EnumSource
	void historyHasEachRowOnceWhereverTheApplicationIsKilled(KillPoint point) {
		int teller = point.ordinal();
		this.scenario.killAt(point)
			.stimulate(() -> this.source
				.sql("INSERT INTO pgbench_history SELECT ?, 1, 1, n, now() FROM generate_series(1, 3) n")
				.param(teller)
				.update())
			.andWaitForChanges()
			.andVerify((nothing) -> assertThat(this.mirror
				.queryForList("SELECT delta FROM pgbench_history WHERE tid = ? ORDER BY delta", Integer.class, teller))
				.containsExactly(1, 2, 3));
	}

	@Test
	void rowsThatComeAgainChangeNothing() {
		this.scenario.assertIdempotent(() -> {
			insert(3, "third");
			this.source.sql("UPDATE ledger_extra SET note = 'last' WHERE id = 3").update();
		}, this::notes);
	}

	private int insert(int id, String note) {
		return this.source.sql("INSERT INTO ledger_extra (id, note, amount, changed_at) VALUES (?, ?, 1, now())")
			.params(id, note)
			.update();
	}

	private List<String> notes() {
		return this.mirror.queryForList("SELECT note FROM ledger_extra WHERE NOT ledger_deleted ORDER BY id",
				String.class);
	}

}
