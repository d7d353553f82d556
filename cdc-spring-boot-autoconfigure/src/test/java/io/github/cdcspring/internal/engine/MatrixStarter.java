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

package io.github.cdcspring.internal.engine;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.listener.CdcListenerAnnotationBeanPostProcessor;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.RestartPreview;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.offset.FileOffsetStore;
import io.github.cdcspring.offset.JdbcOffsetStore;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Runs cells of the matrix with the starter's engine and the bound settings of an
 * application.
 */
final class MatrixStarter implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final EngineSettings bound;

	private final RowMappers mappers;

	private final Path directory;

	private final List<String> warnings;

	private final AtomicInteger predicted = new AtomicInteger();

	private final Map<TestDatabase, HikariDataSource> dataSources = new ConcurrentHashMap<>();

	private MatrixStarter(EngineSettings bound, RowMappers mappers, Path directory, List<String> warnings) {
		this.bound = bound;
		this.mappers = mappers;
		this.directory = directory;
		this.warnings = warnings;
	}

	/**
	 * @param warnings where the engines' warnings are collected
	 */
	static MatrixStarter of(TestDatabase database, Path directory, List<String> warnings, String... properties) {
		try (TestApplication application = TestApplication.run(database, Letters.class, properties)) {
			return new MatrixStarter(application.engine().settings(), application.bean(RowMappers.class), directory,
					warnings);
		}
	}

	MatrixOutcome run(MatrixCell cell, MatrixGround ground) {
		OffsetStore store = store(cell, ground);
		if (cell.isDurable()) {
			store.save(key(ground), 1, ground.offset());
		}
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(ListenerRegistry.class,
				CdcListenerAnnotationBeanPostProcessor.class, Letters.class)) {
			EmbeddedCdcEngine engine = new EmbeddedCdcEngine(
					EngineSetup.of(settings(cell, ground), context.getBean(ListenerRegistry.class).endpoints(),
							this.mappers, DeliveryOptions.NONE, null, List.of()),
					store);
			RestartPreview preview = await().until(engine::streamStatus, (status) -> !status.isStale()).onRestart();
			try {
				engine.start();
				assertThat(preview.refusals()).as("%s: %s", cell, preview.sentence()).isEmpty();
				assertThat(preview.decision()).as("%s: %s", cell, preview.sentence())
					.isEqualTo(engine.reconciliation().decision());
				this.predicted.incrementAndGet();
				return outcome(cell, ground, engine, store, context.getBean(Letters.class));
			}
			catch (StartRefusedException ex) {
				assertThat(engine.status().state()).isEqualTo(EngineState.REFUSED);
				assertThat(preview.refusals()).as("%s: %s", cell, preview.sentence()).isEqualTo(ex.violations());
				this.predicted.incrementAndGet();
				return MatrixOutcome.notStarted("refused " + ex.violations().get(0).rule());
			}
			finally {
				engine.stop();
			}
		}
		finally {
			if (store instanceof FileOffsetStore file) {
				file.close();
			}
		}
	}

	private MatrixOutcome outcome(MatrixCell cell, MatrixGround ground, EmbeddedCdcEngine engine, OffsetStore store,
			Letters letters) {
		List<String> notes = notes(cell, ground, store);
		await().until(() -> engine.status().state() == EngineState.RUNNING && ground.isStreamedFrom());
		ground.insert("D");
		await().until(() -> letters.seen.contains("D"));
		String place = ground.place(ground.requestedLsn(), cell.isDurable());
		return MatrixOutcome.started(cell.state(), place, notes, letters.seen,
				declaration(cell, ground, engine.reconciliation()));
	}

	/** How many starts did what the preview predicted. */
	int predicted() {
		return this.predicted.get();
	}

	/** What the start did to slot and offset before it streamed. */
	private List<String> notes(MatrixCell cell, MatrixGround ground, OffsetStore store) {
		List<String> notes = new ArrayList<>();
		Lsn slotLsn = ground.slotLsnNow();
		if (slotLsn != null && ground.slotLsn() != null && !slotLsn.equals(ground.slotLsn())) {
			notes.add(slotLsn.equals(ground.offsetLsn()) ? "slot advanced" : "slot moved to " + slotLsn);
		}
		StoredOffset offset = store.load(key(ground)).orElse(null);
		if (offset != null && !offset.lsn().equals(ground.offsetLsn())) {
			notes.add(offset.lsn().equals(ground.slotLsn()) ? "offset moved" : "offset moved to " + offset.lsn());
		}
		return notes;
	}

	/** What the start reported about rows that it may skip. */
	private @Nullable String declaration(MatrixCell cell, MatrixGround ground, ReconciliationResult reconciliation) {
		if (reconciliation.skipped() != null) {
			Gap gap = new Gap(ground.offsetLsn(), ground.slotLsn());
			assertThat(reconciliation.decision()).isEqualTo(new StartDecision.AdvanceOffsetToSlot(true));
			assertThat(reconciliation.skipped()).isEqualTo(gap);
			assertThat(this.warnings).anySatisfy((warning) -> assertThat(warning).contains(" skips " + gap.bytes()
					+ " bytes of WAL from offset " + gap.offsetLsn() + " to slot " + gap.slotLsn()));
			return "skipped and reported";
		}
		if (!cell.isDurable()) {
			assertThat(reconciliation.comparison().verdict()).isEqualTo(Verdict.OFFSET_MISSING);
			assertThat(this.warnings).anySatisfy((warning) -> assertThat(warning)
				.contains("starts without one, at slot LSN " + ((ground.slotLsn() != null)
						? ground.slotLsn() + ". Changes that the slot has already passed" : "")));
			return "unnoticed, as warned";
		}
		return null;
	}

	private EngineSettings settings(MatrixCell cell, MatrixGround ground) {
		EngineSettings.Connection connection = with(this.bound.connection(),
				Map.of("hosts", ground.database().host(), "port", ground.database().port(), "database",
						ground.database().name(), "username", ground.database().applicationRole()));
		Supplier<EngineSettings.Connection> connections = () -> connection;
		Map<String, Object> changes = Map.of("connection", connection, "connections", connections, "lsnFlushMode",
				cell.flushMode(), "offsetMismatchStrategy", cell.strategy(), "slot",
				with(this.bound.slot(), Map.of("name", ground.name())), "publication",
				with(this.bound.publication(), Map.of("name", ground.name())), "offset",
				with(this.bound.offset(), Map.of("store", cell.store(), "flushInterval", PATIENCE)));
		return with(this.bound, changes);
	}

	private OffsetKey key(MatrixGround ground) {
		return new OffsetKey(this.bound.name(), ground.name());
	}

	private OffsetStore store(MatrixCell cell, MatrixGround ground) {
		return switch (cell.store()) {
			case MEMORY -> new MemoryOffsetStore();
			case FILE -> new FileOffsetStore(this.directory.resolve(ground.name()));
			case JDBC -> new JdbcOffsetStore(dataSource(ground.database()), "offset_" + ground.name(), true);
		};
	}

	private DataSource dataSource(TestDatabase database) {
		return this.dataSources.computeIfAbsent(database, (key) -> {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setDataSource(database.asApplication().dataSource());
			dataSource.setMinimumIdle(1);
			return dataSource;
		});
	}

	@Override
	public void close() {
		this.dataSources.values().forEach(HikariDataSource::close);
	}

	/** A record with some of its components changed. */
	@SuppressWarnings("unchecked")
	private static <R extends Record> R with(R record, Map<String, ?> changes) {
		RecordComponent[] components = record.getClass().getRecordComponents();
		Set<String> unknown = new LinkedHashSet<>(changes.keySet());
		Object[] values = new Object[components.length];
		for (int i = 0; i < components.length; i++) {
			String name = components[i].getName();
			values[i] = unknown.remove(name) ? changes.get(name)
					: ReflectionUtils.invokeMethod(components[i].getAccessor(), record);
		}
		assertThat(unknown).isEmpty();
		Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
		try {
			Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
			return (R) BeanUtils.instantiateClass(constructor, values);
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Letter(String letter) {
	}

	static class Letters {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener("letters")
		void on(Letter letter) {
			this.seen.add(letter.letter());
		}

	}

}
