// Texts of the page, and formats of sizes, times and LSNs

/** An LSN such as 0/16B3748 as a BigInt, which holds all 64 bits; null for none. */
export function lsn(text) {
	if (!text) {
		return null;
	}
	const [high, low] = text.split('/');
	return (BigInt('0x' + high) << 32n) + BigInt('0x' + low);
}

/** Bytes, in the units of PostgreSQL. */
export function size(bytes) {
	if (bytes === null || bytes === undefined) {
		return '–';
	}
	const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
	let unit = 0;
	let value = bytes;
	while (Math.abs(value) >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	const digits = unit === 0 || Math.abs(value) >= 100 ? 0 : 1;
	return (unit === 0 ? count(value) : value.toFixed(digits)) + ' ' + (unit === 0 && Math.round(value) === 1 ? 'byte' : units[unit]);
}

export function count(value) {
	return Math.round(value).toLocaleString('en');
}

export function rate(value) {
	return value >= 10 || value === 0 ? count(value) : value.toFixed(1);
}

export function duration(seconds) {
	const steps = [[1, 's', 60], [60, 'min', 60], [3600, 'h', 24], [86400, 'days', Infinity]];
	for (const [unit, name, next] of steps) {
		const value = seconds / unit;
		if (value < next) {
			return value < 10 && unit >= 3600 ? value.toFixed(1) + ' ' + name : Math.max(0, Math.round(value)) + ' ' + name;
		}
	}
}

export function clock(time) {
	return new Date(time).toLocaleTimeString('en-GB');
}

/** A time of today as hh:mm:ss, another one with its date. */
export function moment(time) {
	const at = new Date(time);
	const day = at.toDateString() === new Date().toDateString() ? '' : at.toISOString().slice(0, 10) + ' ';
	return day + clock(at);
}

const STATES = {
	STOPPED: ['quiet', 'Stopped', 'The engine is not running. The server retains changes in the WAL until it starts.'],
	PAUSED: ['quiet', 'Paused', 'An operator paused the engine. The server retains changes in the WAL until it is resumed.'],
	STARTING: ['quiet', 'Starting', 'The engine checks slot, offset and server, and connects.'],
	STANDBY: ['quiet', 'On standby', 'Another instance receives from the slot. This one takes over when that one stops.'],
	BACKING_OFF: ['warn', 'Backing off', 'The engine failed for a cause that may be temporary, and will be restarted. The server retains changes in the WAL meanwhile.'],
	REFUSED: ['bad', 'Refused', 'The engine refused to start, because it would lose events or harm the server.'],
	FAILED: ['bad', 'Failed', 'The engine failed for a cause that needs your attention. No later event is acknowledged.']
};

// With Kafka, it is not the server that keeps what was not received
const KAFKA_STATES = {
	STOPPED: 'The engine is not running. The topics keep events for their retention time.',
	PAUSED: 'An operator paused the engine. Other instances receive its partitions. Without them, the topics keep events for their retention time.',
	STARTING: 'The engine checks the connector, and joins the consumer group.',
	BACKING_OFF: 'The engine failed for a cause that may be temporary, and will be restarted. The topics keep events for their retention time.'
};

const VERDICTS = {
	IN_SYNC: () => ['good', 'In sync', 'Slot and offset are at the same LSN.'],
	OFFSET_AHEAD: (d) => d.explained
		? ['good', 'In sync', `The offset is ${size(d.offsetAheadBytes)} ahead of the slot: processed and stored, but not yet acknowledged to the server.`]
		: ['warn', `Offset ahead by ${size(d.offsetAheadBytes)}`, `The offset is ${size(d.offsetAheadBytes)} ahead of the slot for an unknown cause. The server would send transactions again that were processed already.`],
	SLOT_AHEAD: (d, kafka) => d.explained
		? ['good', 'In sync', `The slot is ${size(d.slotAheadBytes)} ahead of the offset: ${kafka ? 'the topics contain what lies in between' : "this consumer's own driver advanced it over WAL without captured changes"}.`]
		: ['bad', `Slot ahead by ${size(d.slotAheadBytes)}`, `The slot is ${size(d.slotAheadBytes)} ahead of the offset for an unknown cause. The server will never send transactions that committed in between.`],
	OFFSET_MISSING: () => ['quiet', 'No offset yet', 'The first completely processed transaction will be the first offset.'],
	SLOT_MISSING: () => ['bad', 'Slot missing', 'An offset is stored, but the replication slot does not exist. The server retains no changes for this consumer.'],
	SLOT_RECREATED: () => ['bad', 'Slot recreated', 'The slot was dropped and created again under the same name. It does not contain what committed in between.'],
	SLOT_LOST: () => ['bad', 'Slot lost', 'The server invalidated the slot. The WAL that it needs is gone.'],
	HISTORY_MISMATCH: () => ['bad', 'History mismatch', 'The offset belongs to another cluster, or to WAL that this server never wrote.']
};

/** A WAL segment. A smaller lag is not worth a headline. */
const LAG_HEADLINE = 16 * 1024 * 1024;

/** Seconds. */
const LONG_CALL = 5;

/** Mood (good, warn, bad, quiet), headline and sentence of an engine. */
export function headline(engine) {
	const words = engine.state === 'RUNNING' ? running(engine) : idle(engine);
	return engine.stale ? { ...words, mood: words.mood === 'good' ? 'warn' : words.mood, title: words.title + ', when last read' } : words;
}

function verdictOf({ difference, source }) {
	const words = difference && VERDICTS[difference.verdict];
	return words ? words(difference, source === 'kafka') : null;
}

/** The cause that explains the others comes first: a slot that is lost, then a listener, then anything else. */
function running(engine) {
	const verdict = verdictOf(engine);
	if (verdict && verdict[0] === 'bad') {
		return { mood: 'bad', title: verdict[1], text: engine.connector?.onRestart || verdict[2] };
	}
	const listener = listenerProblem(engine);
	if (listener) {
		return listener;
	}
	if (engine.failure) {
		return { mood: 'bad', title: engine.source === 'kafka' ? 'Connected, but not healthy' : 'Running, but not healthy', text: behind(engine) };
	}
	if (engine.source === 'kafka') {
		return { mood: 'good', title: 'Receiving from Kafka', text: `This instance has ${number(engine.partitions.length, 'partition')}, with ${number(recordLag(engine), 'record')} that are not processed.` };
	}
	if (!verdict) {
		return { mood: 'quiet', title: 'Running', text: 'Slot and offset could not be read yet.' };
	}
	const [mood, title, text] = verdict;
	if (mood === 'good' && engine.slot.walStatus === 'unreserved') {
		return { mood: 'bad', title: 'Slot in danger', text: 'The server retains more WAL for the slot than it is allowed to, and may invalidate the slot at its next checkpoint.' };
	}
	if (mood === 'good' && isFarBehind(engine)) {
		return { mood: 'warn', title: size(engine.difference.lagBytes) + ' behind', text: (behindSince(engine) + ' ' + text).trim() };
	}
	return (mood !== 'warn' && existingRows(engine)) || { mood, title, text };
}

/** What is left of the existing rows: the stream may be in sync long before. */
function existingRows({ backfills = [] }) {
	const read = backfills.filter((table) => table.state !== 'paused');
	const problem = read.find((table) => table.problem);
	if (problem) {
		return { mood: 'warn', title: `Existing rows of ${problem.table} cannot be read`, text: problem.problem };
	}
	if (!read.length) {
		return null;
	}
	const [table] = read;
	const about = table.estimatedRows > table.rows ? ` of about ${count(table.estimatedRows)}` : '';
	const others = read.length > 1 ? ` ${number(read.length - 1, 'other table')} ${read.length > 2 ? 'follow' : 'follows'}.` : '';
	return { mood: 'good', title: 'Reading existing rows', text: `${count(table.rows)}${about} ${table.rows === 1 && !about ? 'row' : 'rows'} of ${table.table} delivered.${others}` };
}

/** A listener that failed, or that keeps everything behind its event waiting. */
function listenerProblem(engine) {
	const failed = engine.failedDelivery;
	if (failed) {
		return {
			mood: 'bad', title: `Listener ${failed.listener} failed${failed.table ? ' at ' + failed.table : ''}`,
			text: `${place(failed)}, ${number(failed.attempts, 'attempt')}, last with ${failed.exception}. ${behind(engine)}`.trim()
		};
	}
	const call = engine.longestCall;
	if (call && (call.overdue || (call.lastingSeconds >= LONG_CALL && isFarBehind(engine)))) {
		return {
			mood: call.overdue ? 'bad' : 'warn', title: `Listener ${call.listener} ${call.overdue ? 'hangs' : 'is slow'}${call.table ? ' at ' + call.table : ''}`,
			text: `${longCall(call)} ${behind(engine)}`.trim()
		};
	}
	return null;
}

function place({ table, lsn }) {
	return `${table ? 'Event' : 'Message'} at LSN ${lsn}`;
}

/** A long listener call explains why nothing moves. */
export function longCall(call) {
	return call && call.lastingSeconds >= LONG_CALL
		? `${place(call)}: the call of listener ${call.listener} has been running for ${duration(call.lastingSeconds)}; the limit is ${duration(call.limitSeconds)}.` : null;
}

function isFarBehind({ difference }) {
	return !!difference && difference.lagBytes >= LAG_HEADLINE;
}

function behind(engine) {
	if (engine.source === 'kafka') {
		return `${number(recordLag(engine), 'record')} wait.`;
	}
	return engine.difference?.lagBytes > 0 ? `${size(engine.difference.lagBytes)} of WAL are waiting for it${sinceWhen(engine, ', the oldest for ')}.` : '';
}

function behindSince(engine) {
	return sinceWhen(engine, 'The oldest WAL that is not processed has waited for ', '.');
}

function sinceWhen({ difference }, before, after = '') {
	return difference?.lagSeconds >= 1 ? before + duration(difference.lagSeconds) + after : '';
}

function recordLag({ partitions }) {
	return partitions.reduce((sum, partition) => sum + partition.lag, 0);
}

function idle(engine) {
	const { state, difference } = engine;
	const verdict = verdictOf(engine);
	const [mood, title, stated] = STATES[state] || ['quiet', state, ''];
	const text = (engine.source === 'kafka' && KAFKA_STATES[state]) || stated;
	const listener = engine.failedDelivery || engine.longestCall?.overdue ? listenerProblem(engine) : null;
	if (listener) {
		return { ...listener, mood: mood === 'quiet' ? listener.mood : mood, text: text + ' ' + listener.text };
	}
	if (state === 'STANDBY' && consumer(engine.slot)) {
		return { mood, title, text: `${capital(consumer(engine.slot))} receives from the slot. This one takes over when that one stops.` };
	}
	if (verdict && (verdict[0] === 'bad' || verdict[0] === 'warn')) {
		return { mood: mood === 'quiet' ? verdict[0] : mood, title: title + ': ' + verdict[1].charAt(0).toLowerCase() + verdict[1].slice(1), text: text + ' ' + verdict[2] };
	}
	const rows = state === 'STARTING' && existingRows(engine);
	if (rows) {
		return rows;
	}
	const rules = state === 'REFUSED' ? (difference?.refusals || []).map((refusal) => refusal.rule.replaceAll('-', ' ')) : [];
	const refused = rules.length ? `${title}: ${rules[0]}${rules.length > 1 ? ` and ${rules.length - 1} more` : ''}` : title;
	const waits = state === 'STANDBY' ? '' : behind(engine);
	return { mood, title: refused, text: `${text} ${waits}`.trim() };
}

/** Who receives from the slot, as far as the server tells. */
export function consumer(slot) {
	if (!slot?.active) {
		return null;
	}
	const names = [slot.activeApplication && `application '${slot.activeApplication}'`, slot.activeAddress && `at ${slot.activeAddress}`].filter(Boolean);
	return names.length ? `${names.join(' ')} (server process ${slot.activePid})` : `server process ${slot.activePid}`;
}

/** What a restart would do. The event at which a listener failed or hangs comes first, whatever the restart is for. */
export function onRestart(engine) {
	const { difference, failedDelivery, longestCall } = engine;
	if (!difference) {
		return null;
	}
	if (difference.refusals.length) {
		return engine.state === 'REFUSED' ? 'Is refused again, for the same reason.' : 'Is refused, although the engine runs now.';
	}
	if (failedDelivery) {
		return `${difference.onRestart} The same event comes first${at(failedDelivery)}: listener ${failedDelivery.listener} fails again unless its cause is fixed.`;
	}
	return longestCall?.overdue
		? `${difference.onRestart} The same event comes first${at(longestCall)}: listener ${longestCall.listener} hangs again unless its cause is fixed. The restart waits for the call that is running.`
		: difference.onRestart;
}

function at({ table, lsn }) {
	return `, ${table ? `${table} at ` : ''}LSN ${lsn}`;
}

function capital(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

export function number(value, noun) {
	return count(value) + ' ' + noun + (value === 1 ? '' : 's');
}

/** The ways out, each as its steps. */
export function ways(steps) {
	const all = [];
	for (const step of steps) {
		if (all.length === 0 || step.alternative) {
			all.push([]);
		}
		all[all.length - 1].push(step);
	}
	return all;
}

export const POSITIONS = {
	restart: ['restart LSN', 'the server retains its WAL from here on'],
	slot: ['slot LSN', 'acknowledged: the server never sends again what lies before'],
	offset: ['offset LSN', 'stored: the end of the last completely processed transaction'],
	server: ['server LSN', 'the end of the WAL']
};
