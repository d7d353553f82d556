// What the page says, and how it writes sizes, times and positions

/** An LSN such as 0/16B3748 as a number that no position is too large for; null for none. */
export function lsn(text) {
	if (!text) {
		return null;
	}
	const [high, low] = text.split('/');
	return (BigInt('0x' + high) << 32n) + BigInt('0x' + low);
}

/** Bytes, with the units that PostgreSQL has. */
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

/** Today's times as a clock shows them, others with their day. */
export function moment(time) {
	const at = new Date(time);
	const day = at.toDateString() === new Date().toDateString() ? '' : at.toISOString().slice(0, 10) + ' ';
	return day + clock(at);
}

const STATES = {
	STOPPED: ['quiet', 'Stopped', 'It is not running: changes wait in the log until it is started.'],
	PAUSED: ['quiet', 'Paused', 'Somebody paused it: changes wait in the log until it is resumed.'],
	STARTING: ['quiet', 'Starting', 'It is looking at slot, offset and server, and builds the stream.'],
	STANDBY: ['quiet', 'Standing by', 'Another instance receives from the slot. This one takes over when that one ends.'],
	BACKING_OFF: ['warn', 'Waiting to try again', 'It failed for a cause that may pass. Changes wait in the log meanwhile.'],
	REFUSED: ['bad', 'Refused', 'It was not allowed to go on, because it would lose events or harm the server.'],
	FAILED: ['bad', 'Failed', 'It failed for a cause that does not pass by itself. Nothing is acknowledged past it.']
};

const VERDICTS = {
	IN_SYNC: () => ['good', 'In step', 'Slot and offset stand at the same place: nothing was passed over, and nothing waits to be confirmed.'],
	OFFSET_AHEAD: (d) => d.explained
		? ['good', 'In step', `The offset is ${size(d.offsetAheadBytes)} ahead of the slot: handled and stored here, and the server is yet to be told.`]
		: ['warn', `A tail of ${size(d.offsetAheadBytes)}`, `The offset is ${size(d.offsetAheadBytes)} ahead of the slot, and nothing explains it. Transactions in between would be sent again though they were handled.`],
	SLOT_AHEAD: (d) => d.explained
		? ['good', 'In step', `The slot is ${size(d.slotAheadBytes)} ahead of the offset: this consumer's own driver moved it there, over log that holds nothing for it.`]
		: ['bad', `A gap of ${size(d.slotAheadBytes)}`, `The slot is ${size(d.slotAheadBytes)} ahead of the offset. Transactions that committed in between will never be sent again.`],
	OFFSET_MISSING: () => ['quiet', 'No offset yet', 'Nothing is stored yet: the first transaction that is handled whole makes the first offset.'],
	SLOT_MISSING: () => ['bad', 'No slot', 'An offset is stored, but the replication slot does not exist. Changes made meanwhile are not kept for this consumer.'],
	SLOT_RECREATED: () => ['bad', 'Another slot', 'The slot has the same name but is another one: somebody dropped it and made it anew. What committed in between is not in it.'],
	SLOT_LOST: () => ['bad', 'Slot lost', 'The server gave the slot up: the log that it needs is gone.'],
	HISTORY_MISMATCH: () => ['bad', 'Another history', 'The offset belongs to another cluster, or to log that this server never wrote.']
};

/** A WAL segment: less than that is no lag worth a headline. */
const WORTH_SAYING = 16 * 1024 * 1024;

/** Mood (good, warn, bad, quiet), headline and sentence of an engine. */
export function headline(engine) {
	const words = engine.state === 'RUNNING' ? running(engine) : idle(engine);
	return engine.stale ? { ...words, mood: words.mood === 'good' ? 'warn' : words.mood, title: words.title + ', when last read' } : words;
}

function verdictOf({ difference }) {
	const words = difference && VERDICTS[difference.verdict];
	return words ? words(difference) : null;
}

function running(engine) {
	const verdict = verdictOf(engine);
	if (!verdict) {
		return { mood: 'quiet', title: 'Running', text: 'Slot and offset could not be read yet.' };
	}
	const [mood, title, text] = verdict;
	if (mood === 'good' && engine.slot.walStatus === 'unreserved') {
		return { mood: 'bad', title: 'Slot in danger', text: 'The server keeps more log for the slot than it is allowed to, and may give the slot up at its next checkpoint.' };
	}
	if (mood === 'good' && engine.difference.lagBytes >= WORTH_SAYING) {
		return { mood: 'warn', title: size(engine.difference.lagBytes) + ' behind', text };
	}
	return { mood, title, text };
}

function idle(engine) {
	const { state, difference } = engine;
	const verdict = verdictOf(engine);
	const [mood, title, text] = STATES[state] || ['quiet', state, ''];
	if (verdict && (verdict[0] === 'bad' || verdict[0] === 'warn')) {
		return { mood: mood === 'quiet' ? verdict[0] : mood, title: title + ': ' + verdict[1].charAt(0).toLowerCase() + verdict[1].slice(1), text: text + ' ' + verdict[2] };
	}
	const waits = state !== 'STANDBY' && difference && difference.lagBytes > 0 ? ` ${size(difference.lagBytes)} of log wait for it.` : '';
	return { mood, title, text: text + waits };
}

export const POSITIONS = {
	restart: ['restart LSN', 'from here on the server keeps its log for the slot'],
	slot: ['slot LSN', 'confirmed: what is before it is never sent again'],
	offset: ['offset LSN', 'stored: the last transaction that was handled whole'],
	server: ['server LSN', 'the end of the log']
};
