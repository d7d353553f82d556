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

package io.github.cdcspring.samples.orders;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.github.cdcspring.boot.test.CdcTestEngine;
import io.github.cdcspring.boot.test.CdcTestEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

class ChangeFeedTests {

	private final ChangeFeed feed = new ChangeFeed();

	private final CdcTestEngine engine = CdcTestEngine.of(this.feed);

	private final MockMvc mvc = MockMvcBuilders.standaloneSetup(this.feed).build();

	@AfterEach
	void stop() {
		this.feed.stop();
	}

	@Test
	void pageThatOpensLateGetsTheLatestChangesInOrder() throws Exception {
		IntStream.rangeClosed(1, 60).forEach(this::change);
		MvcResult page = this.mvc.perform(get("/changes")).andReturn();
		await().untilAsserted(() -> assertThat(numbers(page)).hasSize(ChangeFeed.KEPT));
		assertThat(numbers(page)).containsExactlyElementsOf(IntStream.rangeClosed(11, 60).boxed().toList());
	}

	@Test
	void openPageGetsEachChangeOnce() throws Exception {
		MvcResult page = this.mvc.perform(get("/changes")).andReturn();
		IntStream.rangeClosed(1, 3).forEach(this::change);
		await().untilAsserted(() -> assertThat(numbers(page)).containsExactly(1, 2, 3));
		change(4);
		await().untilAsserted(() -> assertThat(numbers(page)).containsExactly(1, 2, 3, 4));
	}

	@Test
	void openPageHearsThatTotalsChanged() throws Exception {
		MvcResult page = this.mvc.perform(get("/changes")).andReturn();
		this.feed.totalsChanged();
		await().untilAsserted(() -> assertThat(page.getResponse().getContentAsString()).contains("event:totals"));
	}

	@Test
	void openPagesAreClosedWithTheApplication() throws Exception {
		MvcResult before = this.mvc.perform(get("/changes")).andReturn();
		this.feed.close();
		MvcResult after = this.mvc.perform(get("/changes")).andReturn();
		before.getAsyncResult(10_000);
		after.getAsyncResult(10_000);
	}

	private void change(int number) {
		Order order = new Order(number, "ada", "book", BigDecimal.TEN);
		this.engine.deliver(CdcTestEvent.read("orders", order));
	}

	private List<Integer> numbers(MvcResult page) throws Exception {
		List<Integer> numbers = new ArrayList<>();
		for (String line : page.getResponse().getContentAsString().split("\n")) {
			if (line.startsWith("data:{\"number\":")) {
				numbers.add(Integer.valueOf(line.substring(15, line.indexOf(','))));
			}
		}
		return numbers;
	}

}
