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

package io.github.cdcspring.internal.actuate;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.test.BrowserExtension;
import io.github.cdcspring.test.BrowserTab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How the page draws the endpoint's response, in a real browser, behind a path of its own
 * and under a strict content security policy.
 */
class PageDrawingIT {

	private static final long GB = 1L << 30;

	private static final String PARKED = """
			{"count":1,"events":[{"id":7,"listeners":"*","table":"public.orders","keyHash":"0123456789abcdef",
			"operation":"CREATE","lsn":"0/1B8CB78","transactionId":730,"snapshot":false,
			"parkedAt":"2026-11-23T14:04:20.493Z","attempts":3,"failedListener":"shop.orders",
			"failure":"java.lang.IllegalStateException","failedAt":"2026-11-23T14:04:20.493Z"}]}""";

	@RegisterExtension
	static final BrowserExtension browser = new BrowserExtension();

	private PageServer server;

	private BrowserTab tab;

	@BeforeEach
	void open() {
		this.server = new PageServer();
		this.tab = browser.open(1100, 900);
	}

	@AfterEach
	void requestsNoOtherHost() {
		assertThat(this.tab.requests()).isNotEmpty().allMatch((url) -> url.startsWith(this.server.url()));
		this.tab.close();
		this.server.close();
	}

	@Test
	void drawsPositionsInBytesToScale() {
		long start = 0x16_00000000L;
		show(new EngineDescriptorBuilder().with(Verdict.OFFSET_AHEAD, true)
			.at(start, start + 3 * GB, start + 5 * GB, start + 8 * GB)
			.json());
		assertThat(parts()).isEqualTo("3 2 3");
		assertThat(this.tab.text("[data-label=slot] .lsn")).isEqualTo("16/C0000000");
		assertThat(this.tab.text("[data-label=server] .lsn")).isEqualTo("18/0");
		assertThat(this.tab.text(".region.retained text")).isEqualTo("3.0 GB retained for the slot");
		assertThat(this.tab.text(".region.stored text")).isEqualTo("2.0 GB to be acknowledged");
		assertThat(this.tab.text(".region.behind text")).isEqualTo("3.0 GB behind");
		assertThat(this.tab.text("#headline")).isEqualTo("3.0 GB behind");
		assertThat(this.tab.text("[data-row=restart] .number")).isEqualTo("8.0 GB");
		assertThat(this.tab.text(".scale text")).isEqualTo("8.0 GB, to scale");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void drawsABarForEachTableThatIsRead() {
		show(new EngineDescriptorBuilder().at(GB, GB, GB, GB)
			.backfill("public.orders", 250, 1000L)
			.backfill("public.items", 10, null)
			.json());
		assertThat(this.tab.evaluate("document.querySelector('[data-backfill=\"public.orders\"] progress').position"))
			.isEqualTo("0.25");
		assertThat(this.tab.evaluate("document.querySelector('[data-backfill=\"public.items\"] progress').position"))
			.isEqualTo("-1");
		assertThat(this.tab.text("[data-backfill='public.orders']")).contains("reading", "250", "1,000", "500");
		assertThat(this.tab.text("#headline")).isEqualTo("Reading existing rows");
		assertThat(this.tab.text("#words"))
			.startsWith("250 of about 1,000 rows of public.orders delivered. 1 other table follows.");
		assertThat(this.tab.complaints()).isEmpty();
		show(new EngineDescriptorBuilder().at(GB, GB, GB, GB).json());
		assertThat(this.tab.evaluate("document.getElementById('backfills-card').hidden")).isEqualTo("true");
		assertThat(this.tab.text("#headline")).isEqualTo("In sync");
		show(new EngineDescriptorBuilder().in(EngineState.STARTING, null).backfill("public.orders", 250, 1000L).json());
		assertThat(this.tab.text("#headline")).isEqualTo("Reading existing rows");
		show(new EngineDescriptorBuilder().with(Verdict.OFFSET_MISSING, true)
			.at(GB, GB, null, GB)
			.backfill("public.orders", 250, 1000L)
			.json());
		assertThat(this.tab.text("#headline")).isEqualTo("Reading existing rows");
	}

	@Test
	void marksAndLabelsStayWhileValuesMove() {
		show(new EngineDescriptorBuilder().at(GB, GB, GB, GB).json());
		String places = places();
		for (long lag : new long[] { 1, 17 * GB }) {
			long slot = 7 * GB + lag / 3;
			this.server.answer(new EngineDescriptorBuilder().with(Verdict.OFFSET_AHEAD, true)
				.at(GB, slot, slot, slot + lag)
				.json());
			await().until(() -> Long.toString(lag)
				.equals(this.tab.evaluate("document.querySelector('.region.behind')?.dataset.bytes")));
			assertThat(places()).isEqualTo(places);
			assertThat(this.tab.text(".region.behind text")).endsWith(" behind");
		}
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void drawsTheSlotBehindTheOffsetItIsAheadOf() {
		long near = 7 * GB;
		show(new EngineDescriptorBuilder().with(Verdict.SLOT_AHEAD, false)
			.at(GB, near + 1336, near, near + 3000)
			.json());
		assertThat(this.tab.text(".region.slot-ahead text")).isEqualTo("1.3 kB slot ahead");
		assertThat(this.tab.evaluate("document.querySelectorAll('[data-label]').length")).isEqualTo("4");
		assertThat(x("offset")).isLessThan(x("slot"));
		assertThat(overlaps()).isEqualTo("0");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void marksDoNotMoveWithTheWindow() {
		show(new EngineDescriptorBuilder().json());
		String width = "document.querySelector('#wal svg').getAttribute('width')";
		String before = this.tab.evaluate(width);
		this.tab.resize(600, 900);
		await().until(() -> !before.equals(this.tab.evaluate(width)));
		assertThat(this.tab.evaluate("document.getAnimations().length")).isEqualTo("0");
	}

	@Test
	void saysThatAListenerFailedAndFailsAgain() {
		show(new EngineDescriptorBuilder().in(EngineState.RUNNING, "Listener 'shop.orders' failed.")
			.failedAt("shop.orders", "public.orders", "0/1B8CB78")
			.listener("shop.orders", "public.orders", "public.lines")
			.at(GB, GB, GB, GB + 22 * (1L << 20))
			.lagging(180)
			.json());
		assertThat(this.tab.text("#headline")).isEqualTo("Listener shop.orders failed at public.orders");
		assertThat(this.tab.text("#words")).startsWith(
				"Event at LSN 0/1B8CB78, 3 attempts, last with java.lang.IllegalStateException. 22.0 MB of WAL are "
						+ "waiting for it, the oldest for 3 min.");
		assertThat(this.tab.text("#on-restart")).endsWith("The same event comes first, public.orders at LSN 0/1B8CB78: "
				+ "listener shop.orders fails again unless its cause is fixed.");
		assertThat(this.tab.text("[data-figure=lag]")).contains("22.0 MB", "behind the server, for 3 min");
		assertThat(this.tab.text("[data-listener='shop.orders']")).contains("failed", "public.orders, public.lines",
				"create, update");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			720 | Listener shop.orders hangs at public.orders   | bad
			40  | Listener shop.orders is slow at public.orders | warn
			""")
	void saysWhichListenerKeepsTheStreamWaiting(double seconds, String headline, String mood) {
		show(new EngineDescriptorBuilder().calling("shop.orders", "public.orders", "0/1B8CB78", seconds)
			.at(GB, GB, GB, GB + 22 * (1L << 20))
			.json());
		assertThat(this.tab.text("#headline")).isEqualTo(headline);
		assertThat(this.tab.evaluate("document.querySelector('#verdict').className")).isEqualTo("card verdict " + mood);
		assertThat(this.tab.text("#words")).contains("Event at LSN 0/1B8CB78", "; the limit is 5 min.",
				"22.0 MB of WAL are waiting for it.");
	}

	@Test
	void saysForHowLongTheEngineIsBehind() {
		show(new EngineDescriptorBuilder().at(GB, GB, GB, GB + 22 * (1L << 20)).lagging(180).json());
		assertThat(this.tab.text("#headline")).isEqualTo("22.0 MB behind");
		assertThat(this.tab.text("#words")).startsWith("The oldest WAL that is not processed has waited for 3 min.");
	}

	@Test
	void saysWhoseTheSlotIs() {
		show(new EngineDescriptorBuilder().in(EngineState.STANDBY, null).consumedBy("shop-2").json());
		assertThat(this.tab.text("#words")).startsWith(
				"Application 'shop-2' at 10.0.0.5 (server process 4711) receives from the slot. This one takes over");
	}

	@Test
	void showsARefusalAsStepsWithWhatCanBeCopied() {
		String drop = "SELECT pg_drop_replication_slot('shop');";
		show(new EngineDescriptorBuilder().in(EngineState.REFUSED, "All in one text.")
			.refusedBy("slot-ahead-unexplained", "The slot is ahead.",
					List.of(ActionStep.of("To receive the changes, stop the application."),
							ActionStep.sql("Run: ", drop), ActionStep.of("Start it again."),
							ActionStep
								.of(ActionStep.Language.SETTING, "Or set ", "cdc.safety.accept-gap=0/1..0/2",
										" for one start.")
								.asAlternative()))
			.refusedBy("wal-level", "It is too low.", List.of(ActionStep.of("Raise it.")),
					"ALTER SYSTEM SET wal_level = logical;", "SELECT 1;")
			.refusedBy("publication-missing", "There is none.",
					List.of(ActionStep.sql("Run: ", "CREATE PUBLICATION shop;")), "CREATE PUBLICATION shop;")
			.json());
		assertThat(this.tab.text("#headline")).isEqualTo("Refused: slot ahead unexplained and 2 more");
		assertThat(this.tab.text("#on-restart")).isEqualTo("Is refused again, for the same reason.");
		assertThat(this.tab.evaluate("document.getElementById('failure').hidden")).isEqualTo("true");
		assertThat(this.tab.evaluate("document.querySelectorAll('[data-refusal=slot-ahead-unexplained] li').length"))
			.isEqualTo("4");
		assertThat(this.tab.evaluate("""
				[...document.querySelectorAll('[data-refusal=slot-ahead-unexplained] ol')]
					.map((way) => way.children.length).join(' ')""")).isEqualTo("3 1");
		assertThat(this.tab.text("[data-refusal=slot-ahead-unexplained]")).contains("stop the application.", "Run",
				"Start it again.", "Or set", "for one start.");
		assertThat(this.tab
			.evaluate("[...document.querySelectorAll('.copyable code')].map((code) => code.textContent).join('|')"))
			.isEqualTo(drop + "|cdc.safety.accept-gap=0/1..0/2|ALTER SYSTEM SET wal_level = logical;\nSELECT 1;|"
					+ "CREATE PUBLICATION shop;");
		this.tab.click(".copyable button");
		await().until(() -> "Copied".equals(this.tab.text(".copyable button")));
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void announcesACauseAndNotTheNumbersThatMove() {
		show(new EngineDescriptorBuilder().at(GB, GB, GB, GB + 22 * (1L << 20)).json());
		assertThat(this.tab.text("#spoken")).isEqualTo("RUNNING: 22.0 MB behind");
		this.server.answer(new EngineDescriptorBuilder().at(GB, GB, GB, GB + 23 * (1L << 20)).json());
		await().until(() -> "23.0 MB behind".equals(this.tab.text("#headline")));
		assertThat(this.tab.text("#spoken")).isEqualTo("RUNNING: 22.0 MB behind");
		this.server.answer(new EngineDescriptorBuilder().json());
		await().until(() -> "RUNNING: In sync".equals(this.tab.text("#spoken")));
		assertThat(this.tab.evaluate("document.querySelector('#link').getAttribute('role')")).isNull();
	}

	@Test
	void offersNoOperationWithReadOnlyAccess() {
		this.server.allow(new PageControls(false, "cdcparked", false));
		this.server.park(PARKED);
		show(new EngineDescriptorBuilder().backfill("public.orders", 250, 1000L).json());
		await().until(() -> this.tab.text("[data-parked='7']") != null);
		assertThat(this.tab.text("[data-parked='7']")).contains("create of public.orders", "0/1B8CB78", "shop.orders",
				"java.lang.IllegalStateException, 3 attempts");
		assertThat(this.tab.evaluate("document.querySelectorAll('main button').length")).isEqualTo("0");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void asksBeforeAnOperationAndSendsTheToken() {
		this.server.allow(new PageControls(true, null, false));
		this.server.result(200, "{\"done\":true,\"message\":\"Paused.\"}");
		show(new EngineDescriptorBuilder().json());
		this.tab.press("Tab");
		assertThat(focused("innerText")).isEqualTo("Pause");
		this.tab.press("Enter");
		assertThat(this.tab.text("#dialog-title")).isEqualTo("Pause: engine 'default'");
		assertThat(focused("innerText")).isEqualTo("Cancel");
		this.tab.press("Escape");
		assertThat(this.tab.evaluate("document.getElementById('dialog').open")).isEqualTo("false");
		assertThat(focused("innerText")).isEqualTo("Pause");
		assertThat(this.server.operations()).isEmpty();
		this.tab.press("Enter");
		this.tab.press("Tab");
		assertThat(focused("innerText")).isEqualTo("Pause");
		this.tab.press("Enter");
		await().until(() -> "Paused.".equals(this.tab.text("#outcome")));
		assertThat(this.server.operations()).containsExactly("POST /behind/a/proxy/cdc/default/pause {} t0ken");
		assertThat(this.tab.evaluate("document.getElementById('dialog').open")).isEqualTo("false");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void showsTheProblemOfAnOperation() {
		this.server.allow(new PageControls(true, null, false));
		this.server.result(409, "{\"done\":false,\"message\":\"There is no table public.nothing.\"}");
		show(new EngineDescriptorBuilder().listener("shop.orders", "public.orders").json());
		this.tab.click("[data-operation=backfill]");
		this.tab.evaluate("document.querySelector('[name=tables]').value = 'nothing'");
		this.tab.click("#dialog-confirm");
		await().until(() -> "There is no table public.nothing.".equals(this.tab.text("#dialog-problem")));
		assertThat(this.tab.evaluate("document.getElementById('dialog').open")).isEqualTo("true");
		assertThat(this.server.operations())
			.containsExactly("POST /behind/a/proxy/cdc/default/backfill {\"tables\":\"nothing\"} t0ken");
		this.server.result(403, "");
		this.tab.click("#dialog-confirm");
		await().until(() -> this.tab.text("#dialog-problem").startsWith("You are not allowed to do this"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void fitsAPhone(String scheme) {
		this.tab.prefer("prefers-color-scheme", scheme);
		this.tab.resize(390, 844);
		this.server.allow(new PageControls(true, "cdcparked", true));
		this.server.park(PARKED);
		show(new EngineDescriptorBuilder().in(EngineState.REFUSED, "Refused.")
			.refusedBy("slot-lost", "The slot is lost.", List.of(ActionStep.sql("Run: ",
					"SELECT pg_drop_replication_slot('a_slot_with_quite_a_long_name_that_does_not_fit_a_phone');"),
					ActionStep.of("Start again.")))
			.backfill("public.a_table_with_quite_a_long_name", 250, 1000L)
			.listener("fulfilment.onOrdersThatChange", "public.a_table_with_quite_a_long_name")
			.json());
		await().until(() -> this.tab.text("[data-parked='7'] button") != null);
		this.tab.screenshot(Path.of("target/page", "phone-" + scheme + ".png"));
		this.tab.resize(390, 844);
		assertThat(this.tab.evaluate("document.documentElement.scrollWidth - innerWidth")).isEqualTo("0");
		this.tab.click("[data-parked='7'] [data-operation=discard]");
		assertThat(this.tab.evaluate("""
				((box) => box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight)(
					document.getElementById('dialog').getBoundingClientRect())""")).isEqualTo("true");
		for (String selector : new String[] { "[data-operation=recover]", "#dialog-text", "#dialog-confirm",
				".refusals h3 code", ".refusals li", ".copyable code" }) {
			assertThat(Double.parseDouble(this.tab.evaluate(CONTRAST.formatted(selector)))).as(selector)
				.isGreaterThan(4.5);
		}
		this.tab.screenshot(Path.of("target/page", "dialog-" + scheme + ".png"), 844);
		assertThat(this.tab.complaints()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 320, 480, 1100, 2200 })
	void labelsAreReadableIfAllPositionsCoincide(int width) {
		this.tab.resize(width, 900);
		show(new EngineDescriptorBuilder().at(GB, GB, GB, GB).json());
		assertThat(this.tab.evaluate("document.querySelectorAll('[data-label]').length")).isEqualTo("4");
		assertThat(overlaps()).isEqualTo("0");
		assertThat(this.tab.evaluate("document.documentElement.scrollWidth - innerWidth")).isEqualTo("0");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			RUNNING     | IN_SYNC          | true  | In sync                         | good
			RUNNING     | OFFSET_AHEAD     | true  | In sync                         | good
			RUNNING     | OFFSET_AHEAD     | false | Offset ahead by 40 bytes        | warn
			RUNNING     | SLOT_AHEAD       | true  | In sync                         | good
			RUNNING     | SLOT_AHEAD       | false | Slot ahead by 40 bytes          | bad
			RUNNING     | OFFSET_MISSING   | false | No offset yet                   | quiet
			RUNNING     | SLOT_MISSING     | false | Slot missing                    | bad
			REFUSED     | SLOT_RECREATED   | false | Refused: slot recreated         | bad
			REFUSED     | SLOT_LOST        | false | Refused: slot lost              | bad
			REFUSED     | HISTORY_MISMATCH | false | Refused: history mismatch       | bad
			BACKING_OFF | IN_SYNC          | true  | Backing off                     | warn
			STANDBY     | IN_SYNC          | true  | On standby                      | quiet
			STARTING    | OFFSET_AHEAD     | true  | Starting                        | quiet
			PAUSED      | IN_SYNC          | true  | Paused                          | quiet
			STOPPED     | SLOT_AHEAD       | false | Stopped: slot ahead by 40 bytes | bad
			FAILED      | IN_SYNC          | true  | Failed                          | bad
			""")
	void showsTheVerdictInWords(EngineState state, Verdict verdict, boolean explained, String headline, String mood) {
		long slot = GB + ((verdict == Verdict.SLOT_AHEAD) ? 40 : 0);
		long offset = GB + ((verdict == Verdict.OFFSET_AHEAD) ? 40 : 0);
		show(new EngineDescriptorBuilder().in(state, null)
			.with(verdict, explained)
			.at(GB, slot, offset, GB + 64)
			.json());
		assertThat(this.tab.text("#headline")).isEqualTo(headline);
		assertThat(this.tab.evaluate("document.querySelector('#verdict').className")).isEqualTo("card verdict " + mood);
		assertThat(this.tab.text("#state")).isEqualTo(state.name());
		assertThat(this.tab.evaluate("document.title")).isEqualTo(headline + " · shop");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void showsFailureRisksGapAndLimit() {
		show(new EngineDescriptorBuilder().in(EngineState.FAILED, "Listener Shop.on failed. Fix it.")
			.accepting("memory-with-snapshot", "Each start takes a snapshot.", "Deletes are missed.")
			.safe(10 * GB)
			.handled("public.orders", "create", 12345)
			.handled("public.orders", "delete", 5)
			.json());
		assertThat(this.tab.text("#failure")).isEqualTo("Listener Shop.on failed. Fix it.");
		assertThat(this.tab.text("#since")).startsWith("since ").endsWith("2 restarts · 1 refusal");
		assertThat(this.tab.text("[data-rule=memory-with-snapshot]")).contains("Each start", "Deletes are missed.");
		assertThat(this.tab.text("[data-gap]")).contains("1.3 kB", "0/241DDD0", "0/241E308");
		assertThat(this.tab.text("[data-figure=retained]"))
			.contains("10.0 GB until it is in danger, 2.0 h at this rate");
		assertThat(this.tab.text("[data-table='public.orders']")).contains("12,345", "5", "12,350", "4", "2");
		assertThat(this.tab.text("#events thead")).contains("create", "delete", "all", "skipped", "parked")
			.doesNotContain("update", "failed");
		assertThat(this.tab.text("#on-restart")).startsWith("Resumes at ");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void showsThatTheServerIsAboutToInvalidateTheSlot() {
		show(new EngineDescriptorBuilder().keptAs("unreserved").safe(-4096).json());
		assertThat(this.tab.text("#headline")).isEqualTo("Slot in danger");
		assertThat(this.tab.evaluate("document.querySelector('#verdict').className")).isEqualTo("card verdict bad");
		assertThat(this.tab.text("[data-figure=retained]")).contains("over the limit, and may be lost at any time");
	}

	@Test
	void namesAndMessagesAreTextAndNeverMarkup() {
		String hostile = "</td><img src=x onerror=\"document.title='taken'\"><script>alert(1)</script>";
		Map<String, EngineDescriptorBuilder> engines = new LinkedHashMap<>();
		engines.put("default",
				new EngineDescriptorBuilder().in(EngineState.FAILED, hostile)
					.handled(hostile, "create", 1)
					.accepting(hostile, hostile, hostile)
					.stale(hostile));
		engines.put(hostile, new EngineDescriptorBuilder());
		show(EngineDescriptorBuilder.json(engines));
		assertThat(this.tab.text("#failure")).isEqualTo(hostile);
		assertThat(this.tab.text("#events th[scope=row]")).isEqualTo(hostile);
		assertThat(this.tab.evaluate("document.querySelectorAll('main img, main script, nav img').length"))
			.isEqualTo("0");
		assertThat(this.tab.evaluate("document.title")).startsWith("Failed");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void everythingIsReachableByKeyboard() {
		Map<String, EngineDescriptorBuilder> engines = new LinkedHashMap<>();
		engines.put("default", new EngineDescriptorBuilder());
		engines.put("crm", new EngineDescriptorBuilder().in(EngineState.STANDBY, null));
		show(EngineDescriptorBuilder.json(engines));
		assertThat(this.tab.text("nav [aria-current]")).contains("default", "In sync");
		this.tab.press("Tab");
		this.tab.press("Tab");
		assertThat(focused("innerText")).contains("crm", "On standby");
		assertThat(this.tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")).isEqualTo("solid");
		this.tab.press("Enter");
		await().untilAsserted(() -> assertThat(this.tab.text("#headline")).isEqualTo("On standby"));
		assertThat(this.tab.text("nav [aria-current]")).contains("crm");
		this.tab.press("Tab");
		assertThat(focused("value")).isEqualTo("lag");
		this.tab.press("ArrowRight");
		assertThat(focused("value")).isEqualTo("retained");
		assertThat(this.tab.text("figcaption")).contains("112 bytes at ", "retains for the slot");
		await().until(() -> Integer.parseInt(this.tab.evaluate("document.querySelector('.cursor').max")) > 1);
		this.tab.press("Tab");
		assertThat(focused("ariaLabel")).isEqualTo("Time");
		this.tab.press("ArrowLeft");
		assertThat(this.tab.evaluate("document.querySelectorAll('.cross').length")).isEqualTo("1");
		assertThat(this.tab.evaluate("document.activeElement.getAttribute('aria-valuetext')"))
			.startsWith("112 bytes at ");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void textHasContrastInLightAndDark(String scheme) {
		this.tab.prefer("prefers-color-scheme", scheme);
		show(new EngineDescriptorBuilder().in(EngineState.REFUSED, "Refused for a reason.")
			.with(Verdict.SLOT_AHEAD, false)
			.at(GB, GB + 1336, GB, GB + 3000)
			.accepting("memory-with-snapshot", "Each start takes a snapshot.", "Deletes are missed.")
			.handled("public.orders", "create", 1)
			.json());
		String ground = this.tab.evaluate("getComputedStyle(document.body).backgroundColor");
		assertThat(ground).isEqualTo("light".equals(scheme) ? "rgb(245, 246, 248)" : "rgb(15, 20, 26)");
		for (String selector : new String[] { "#state", "#since", "#headline", "#words", "#failure", "#on-restart",
				".next dt", ".positions .meaning", ".figures small", ".figures strong", "#risks p", ".gap b",
				".risk code", "figcaption", "#events th", ".facts dt", "#footer", "#link", ".tick", ".label.slot .name",
				".label.offset .name", ".label.restart .name", ".label .lsn", ".region.slot-ahead text",
				".region.behind text", ".scale text" }) {
			assertThat(Double.parseDouble(this.tab.evaluate(CONTRAST.formatted(selector)))).as(selector)
				.isGreaterThan(4.5);
		}
		this.tab.screenshot(Path.of("target/page", "drawn-" + scheme + ".png"));
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void respectsReducedMotion() {
		this.tab.prefer("prefers-reduced-motion", "reduce");
		show(new EngineDescriptorBuilder().at(GB, GB, GB, GB + 1000).json());
		this.server.answer(new EngineDescriptorBuilder().at(GB, GB + 500, GB + 500, GB + 1000).json());
		await().until(() -> "500 bytes".equals(this.tab.text("[data-row=slot] .number")));
		assertThat(this.tab.evaluate("document.getAnimations().length")).isEqualTo("0");
	}

	@Test
	void showsThatValuesAreStale() {
		show(new EngineDescriptorBuilder().stale("The server or the offset store has not answered within 2 s").json());
		assertThat(this.tab.text("#notice"))
			.startsWith("Slot, offset and server could not be read: The server or the offset store has not answered "
					+ "within 2 s. The values are those of ");
		assertThat(this.tab.text("#headline")).isEqualTo("In sync, when last read");
		this.server.answer(new EngineDescriptorBuilder().json());
		await().until(() -> "".equals(this.tab.text("#notice")));
		assertThat(this.tab.text("#headline")).isEqualTo("In sync");
		assertThat(this.tab.complaints()).isEmpty();
	}

	@Test
	void showsThatTheApplicationDoesNotRespondAndRecovers() {
		show(new EngineDescriptorBuilder().json());
		this.server.fail(503);
		await().until(() -> "no response".equals(this.tab.text("#link")));
		assertThat(this.tab.text("#notice"))
			.isEqualTo("The application responded with status 503. This page shows the last known values.");
		this.server.answer(new EngineDescriptorBuilder().json());
		await().until(() -> this.tab.text("#link").startsWith("live"));
		assertThat(this.tab.text("#notice")).isEmpty();
		this.server.fail(401);
		await().until(() -> this.tab.text("#notice").startsWith("You are no longer signed in"));
	}

	@Test
	void showsThatThereIsNoEngine() {
		this.server.answer("{\"engines\":{}}");
		this.tab.go(this.server.url());
		await().until(() -> "There is no engine, because this application has no @CdcListener method."
			.equals(this.tab.text("#notice")));
	}

	private void show(String json) {
		this.server.answer(json);
		this.tab.go(this.server.url());
		await().until(() -> "false".equals(this.tab.evaluate("document.querySelector('#engine')?.hidden ?? true")));
	}

	private double x(String position) {
		return Double.parseDouble(String
			.valueOf(this.tab.evaluate("document.querySelector('[data-position=%s]').dataset.x".formatted(position))));
	}

	/** The places of marks and labels. */
	private String places() {
		return String.valueOf(this.tab.evaluate("""
				[...document.querySelectorAll('[data-position]')].map((mark) => mark.dataset.position + mark.dataset.x)
					.concat([...document.querySelectorAll('[data-label] .lsn')].map((label) => label.getAttribute('x')
						+ label.getAttribute('y'))).join(' ')"""));
	}

	/** The sections of the bar to scale, in gigabytes by their widths. */
	private String parts() {
		return String.valueOf(this.tab.evaluate(
				"""
						((parts, all) => parts.map((part) => Math.round(8 * part / all)).join(' '))(
							...((widths) => [widths, widths.reduce((sum, width) => sum + width)])(
								[...document.querySelectorAll('[data-part]')].map((part) => Number(part.getAttribute('width')))))"""));
	}

	/** The number of labels that overlap another one, or are outside the picture. */
	private String overlaps() {
		return String.valueOf(this.tab.evaluate(
				"""
						(() => {
							const boxes = [...document.querySelectorAll('.label')].map((label) => label.lastChild.getBoundingClientRect());
							const on = (a, b) => a !== b && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
							return boxes.filter((a) => a.left < 0 || a.right > innerWidth || boxes.some((b) => on(a, b))).length;
						})()"""));
	}

	private String focused(String property) {
		return String.valueOf(this.tab.evaluate("document.activeElement." + property));
	}

	/**
	 * The contrast of an element's text with its background, as defined by WCAG 2.
	 */
	private static final String CONTRAST = """
			(() => {
				const node = document.querySelector('%s');
				const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
				const paint = (color) => { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); };
				const light = () => {
					const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => value / 255)
						.map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
					return 0.2126 * r + 0.7152 * g + 0.0722 * b;
				};
				const behind = [];
				for (let at = node; at; at = at.parentElement) {
					behind.unshift(getComputedStyle(at).backgroundColor);
				}
				const region = node.closest('.region')?.querySelector('rect');
				if (region) {
					behind.push(getComputedStyle(region).fill);
				}
				behind.forEach(paint);
				const ground = light();
				paint(node.closest('svg') ? getComputedStyle(node).fill : getComputedStyle(node).color);
				const text = light();
				return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
			})()""";

}
