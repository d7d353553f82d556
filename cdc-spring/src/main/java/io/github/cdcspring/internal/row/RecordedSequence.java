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

package io.github.cdcspring.internal.row;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * The position of an event in the stream, as the event itself contains it. A consumer of
 * Kafka sees one partition of the stream, and events that were sent again, so it cannot
 * count. Debezium's field {@code sequence} is a JSON array with the LSN of the previous
 * commit and the LSN of the event. The third element is the number of the event among
 * those with the same LSN and transaction.
 *
 * @param previousCommit the LSN at which the previous transaction ended, {@code null} if
 * unknown
 * @param number the number of the event
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-create-events">Debezium:
 * the source block of an event</a>
 */
public record RecordedSequence(@Nullable Long previousCommit, int number) {

	private static final String SOURCE = "source";

	private static final String SEQUENCE = "sequence";

	private static final Pattern FORM = Pattern
		.compile("\\[(?:null|\"(\\d{1,19})\"),(?:null|\"\\d{1,19}\"),\"(\\d{1,10})\"]");

	/**
	 * Return the position of an event.
	 * @param envelope the event
	 * @return the position, {@code null} if the event has none, or Debezium's only
	 */
	public static @Nullable RecordedSequence of(Struct envelope) {
		Struct source = source(envelope);
		Field field = (source != null) ? source.schema().field(SEQUENCE) : null;
		return (source != null && field != null && source.get(field) instanceof String text) ? parse(text) : null;
	}

	private static @Nullable RecordedSequence parse(String text) {
		Matcher matcher = FORM.matcher(text);
		if (!matcher.matches()) {
			return null;
		}
		long number = Long.parseLong(matcher.group(2));
		if (number > Integer.MAX_VALUE) {
			return null;
		}
		String previousCommit = matcher.group(1);
		return new RecordedSequence((previousCommit != null) ? Long.valueOf(previousCommit) : null, (int) number);
	}

	/**
	 * Return whether a value is an event: the change of a row or table, or a logical
	 * message.
	 * @param value a value
	 * @return {@code true} if it is
	 */
	public static boolean isEvent(@Nullable Object value) {
		return value instanceof Struct envelope && envelope.schema().field("op") != null && source(envelope) != null;
	}

	private static @Nullable Struct source(Struct envelope) {
		Field field = envelope.schema().field(SOURCE);
		return (field != null && envelope.get(field) instanceof Struct source) ? source : null;
	}

	private static int number(Struct source) {
		RecordedSequence sequence = (source.get(SEQUENCE) instanceof String text) ? parse(text) : null;
		if (sequence == null) {
			throw new IllegalArgumentException("The event has no number");
		}
		return sequence.number;
	}

	/** Reads the numbers from the events. */
	static EventNumbers numbers() {
		return (source, lsn, transactionId) -> number(source);
	}

	/**
	 * Writes the positions into the events of a stream, in their order.
	 */
	public static final class Writer {

		private final Ordinals ordinals = new Ordinals(0);

		/**
		 * Write the position of the next event. The two events that an update of a key
		 * becomes share their source block, so each one gets a block of its own.
		 * @param record a record that Debezium created
		 */
		public void write(SourceRecord record) {
			if (!isEvent(record.value())) {
				return;
			}
			Struct envelope = (Struct) record.value();
			Struct source = source(envelope);
			Field field = (source != null) ? source.schema().field(SEQUENCE) : null;
			if (source == null || field == null || !(source.get(field) instanceof String text) || !text.endsWith("]")) {
				return;
			}
			long lsn = (source.get("lsn") instanceof Long value) ? value : 0;
			Long transaction = (source.get("txId") instanceof Long id) ? id : null;
			Struct numbered = new Struct(source.schema());
			source.schema().fields().forEach((each) -> numbered.put(each, source.getWithoutDefault(each.name())));
			numbered.put(field,
					text.substring(0, text.length() - 1) + ",\"" + this.ordinals.next(lsn, transaction) + "\"]");
			envelope.put(SOURCE, numbered);
		}

	}

}
