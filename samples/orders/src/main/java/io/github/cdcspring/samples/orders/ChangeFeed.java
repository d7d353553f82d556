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

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import jakarta.annotation.PreDestroy;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Shows the changes of the table {@code orders} to every open page: first the latest
 * ones, then each as it arrives, and says when totals changed. A page that is too slow
 * misses changes; it never holds up the listener.
 */
@RestController
class ChangeFeed {

	static final int KEPT = 50;

	private final Deque<OrderChange> latest = new ArrayDeque<>();

	private long count;

	private final AtomicLong totalsVersion = new AtomicLong();

	private final Set<Page> pages = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean sending = new AtomicBoolean();

	private final ExecutorService sender = Executors.newSingleThreadExecutor((task) -> new Thread(task, "change-feed"));

	private volatile boolean closed;

	// Before the totals, whose work is no part of the latency
	@org.springframework.core.annotation.Order(0)
	@CdcListener(tables = "orders",
			operations = { Operation.CREATE, Operation.UPDATE, Operation.DELETE, Operation.READ, Operation.TRUNCATE })
	void changed(ChangeEvent<Order> event) {
		Instant arrival = Instant.now();
		synchronized (this.latest) {
			this.latest.addLast(OrderChange.of(++this.count, event, arrival));
			if (this.latest.size() > KEPT) {
				this.latest.removeFirst();
			}
		}
		wakeSender();
	}

	@TransactionalEventListener(TotalsChanged.class)
	void totalsChanged() {
		this.totalsVersion.incrementAndGet();
		wakeSender();
	}

	private void wakeSender() {
		if (this.sending.compareAndSet(false, true)) {
			this.sender.execute(this::sendToAll);
		}
	}

	@GetMapping(path = "/changes", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter changes() {
		Page page = new Page(new SseEmitter(0L));
		page.emitter.onCompletion(() -> this.pages.remove(page));
		this.pages.add(page);
		this.sender.execute(() -> greet(page));
		return page.emitter;
	}

	private void greet(Page page) {
		if (this.closed) {
			page.emitter.complete();
			return;
		}
		send(page, SseEmitter.event().comment("connected").reconnectTime(1000));
		sendNew(page);
	}

	private void sendToAll() {
		this.sending.set(false);
		this.pages.forEach(this::sendNew);
	}

	private void sendNew(Page page) {
		for (OrderChange change : since(page.seen)) {
			send(page, SseEmitter.event().name("change").data(change, MediaType.APPLICATION_JSON));
			page.seen = change.number();
		}
		long totals = this.totalsVersion.get();
		if (totals > page.totalsSeen) {
			send(page, SseEmitter.event().name("totals").data("changed"));
			page.totalsSeen = totals;
		}
	}

	private void send(Page page, SseEmitter.SseEventBuilder event) {
		try {
			page.emitter.send(event);
		}
		catch (IOException | IllegalStateException ex) {
			// The page was closed
			this.pages.remove(page);
		}
	}

	private List<OrderChange> since(long number) {
		synchronized (this.latest) {
			return this.latest.stream().filter((change) -> change.number() > number).toList();
		}
	}

	/** Open pages would keep the server from stopping. */
	@EventListener(ContextClosedEvent.class)
	void close() {
		this.closed = true;
		this.pages.forEach((page) -> page.emitter.complete());
	}

	@PreDestroy
	void stop() {
		this.sender.shutdown();
	}

	private static final class Page {

		private final SseEmitter emitter;

		/**
		 * The number of the last change sent; touched by the sender only, as the next.
		 */
		private long seen;

		private long totalsSeen;

		private Page(SseEmitter emitter) {
			this.emitter = emitter;
		}

	}

}
