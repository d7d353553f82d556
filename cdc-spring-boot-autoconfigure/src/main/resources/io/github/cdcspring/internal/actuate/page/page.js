// Requests the endpoint that served this page, and draws its response

import { $, copyable, element, redraw, redrawIfChanged, say } from './dom.js';
import { History, MEASURES, Plot, trend } from './plot.js';
import { MAY_OPERATE, backfillControls, drawOperations, onOperated } from './operations.js';
import { drawParked } from './parked.js';
import { POSITIONS, clock, consumer, count, duration, headline, longCall, moment, number, onRestart, rate, size, ways } from './words.js';
import { drawWal, positions } from './wal.js';

const INTERVAL = 2000;
const TIMEOUT = 8000;

const histories = new Map();
const plot = new Plot($('plot'));
let answer = null;
let places = null;
let drawn = null;
let measure = 'lag';
let timer = null;

async function load() {
	clearTimeout(timer);
	try {
		// fetch rejects an address with credentials, so the origin is used without them
		const response = await fetch(location.origin + location.pathname, {
			headers: { Accept: 'application/json' }, cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.timeout(TIMEOUT)
		});
		if (!response.ok || response.redirected) {
			throw new Error(response.redirected || response.status === 401 || response.status === 403
				? 'You are no longer signed in. Reload this page' : 'The application responded with status ' + response.status);
		}
		answer = await response.json();
		remember(answer);
		link('live', 'live · ' + clock(Date.now()));
		draw();
	}
	catch (error) {
		lost(error);
	}
	if (!document.hidden) {
		timer = setTimeout(load, INTERVAL);
	}
}

function lost(error) {
	const words = error.name === 'TimeoutError' || error instanceof TypeError ? 'The application does not respond' : error.message;
	link('lost', 'no response');
	notice(answer ? words + '. This page shows the last known values.' : words + '.');
	$('engine').classList.add('old');
	for (const history of histories.values()) {
		history.add({ time: Date.now(), lag: null, retained: null, rate: null, events: null });
	}
}

function link(kind, text) {
	$('link').className = 'link ' + kind;
	say($('link'), text);
}

function notice(text) {
	$('notice').hidden = !text;
	say($('notice'), text || '');
}

/** Adds the response to the history. A stale value is not a point of the curve. */
function remember({ engines }) {
	for (const [name, engine] of Object.entries(engines)) {
		if (!histories.has(name)) {
			histories.set(name, new History());
		}
		const history = histories.get(name);
		const last = history.samples[history.samples.length - 1];
		const time = Date.now();
		const events = eventsOf(engine).reduce((sum, table) => sum + table.total, 0);
		const seconds = last ? (time - last.time) / 1000 : 0;
		history.add({
			time,
			lag: engine.stale || !engine.difference ? null : engine.difference.lagBytes,
			retained: engine.stale || !engine.slot ? null : engine.slot.retainedWalBytes ?? null,
			rate: last && last.events !== null && seconds > 0 && events >= last.events ? (events - last.events) / seconds : null,
			events
		});
	}
}

function chosen() {
	const name = decodeURIComponent(location.hash.slice(1));
	return name in answer.engines ? name : Object.keys(answer.engines)[0];
}

function draw() {
	const names = Object.keys(answer.engines);
	if (names.length === 0) {
		$('engine').hidden = true;
		notice('There is no engine, because this application has no @CdcListener method.');
		return;
	}
	const name = chosen();
	const engine = answer.engines[name];
	const words = headline(engine);
	document.title = `${words.title} · ${names.length > 1 ? name : engine.slot?.name || name}`;
	$('engine').hidden = false;
	$('engine').classList.toggle('old', engine.stale);
	notice(engine.stale ? `Slot, offset and server could not be read: ${engine.staleReason}. ` + (engine.readAt ? `The values are those of ${moment(engine.readAt)}.` : '') : null);
	drawEngines(names, name);
	drawVerdict(engine, words, histories.get(name));
	drawOperations(name, engine);
	places = drawWal($('wal'), engine, drawn === name ? places : null);
	drawPositions(engine);
	drawFigures(engine, histories.get(name));
	plot.draw(histories.get(name), measure);
	drawBackfills(name, engine);
	drawParked(name, eventsOf(engine).reduce((sum, table) => sum + table.parked, 0));
	drawListeners(engine);
	drawEvents(engine);
	drawRisks(engine);
	drawFacts(name, engine);
	say($('footer'), engine.readAt ? `Slot, offset and server were read at ${moment(engine.readAt)}. This page updates every ${INTERVAL / 1000} seconds while it is visible.` : '');
	drawn = name;
}

function drawEngines(names, current) {
	$('engines').hidden = names.length < 2;
	const key = JSON.stringify(names);
	if ($('engines').dataset.names !== key) {
		$('engines').dataset.names = key;
		$('engines').replaceChildren(...names.map((name) => element('a', { href: '#' + encodeURIComponent(name) },
			element('i', { class: 'dot' }), element('b', {}, name), element('small', {}))));
	}
	[...$('engines').children].forEach((link, index) => {
		const words = headline(answer.engines[names[index]]);
		link.firstChild.className = 'dot ' + words.mood;
		say(link.lastChild, words.title);
		names[index] === current ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current');
	});
}

function drawVerdict(engine, words, history) {
	$('verdict').className = 'card verdict ' + words.mood;
	say($('state'), engine.state);
	const since = (Date.now() - new Date(engine.since)) / 1000;
	say($('since'), `since ${moment(engine.since)}, ${duration(since)}` + (engine.restarts ? ` · ${number(engine.restarts, 'restart')}` : '')
		+ (engine.refusals ? ` · ${number(engine.refusals, 'refusal')}` : ''));
	say($('headline'), words.title);
	const going = engine.state === 'RUNNING' ? trend(history) : null;
	announce(engine, words);
	const call = longCall(engine.longestCall);
	say($('words'), [words.text, going ? `The consumer is ${going}.` : null, call && !words.text.includes(call) ? call : null].filter(Boolean).join(' '));
	const refusals = engine.difference?.refusals || [];
	const shown = saysMore(engine, refusals) ? engine.failure : '';
	$('failure').hidden = !shown;
	say($('failure'), shown);
	const restart = onRestart(engine);
	$('restart').hidden = !restart;
	say($('on-restart'), restart || '');
	redrawIfChanged($('refusals'), refusals, () => refusals.map(drawRefusal));
}

/** Whether the failure is not shown already: as refusals, or as the consumer that an instance on standby waits for. */
function saysMore({ state, failure, slot }, refusals) {
	return !!failure && !(state === 'REFUSED' && refusals.length) && !(state === 'STANDBY' && consumer(slot));
}

/** Speaks only of another cause, and not of numbers that move. */
function announce(engine, { title, mood }) {
	const cause = [engine.slot?.name, engine.state, mood, title.replace(/[\d.,]+/g, '')].join(' ');
	if ($('spoken').dataset.cause !== cause) {
		$('spoken').dataset.cause = cause;
		say($('spoken'), `${engine.state}: ${title}`);
	}
}

/** What is wrong, and the steps out of it, with whatever can be copied. */
function drawRefusal({ rule, problem, steps, statements }) {
	const isStep = (statement) => steps.some(({ code }) => code === statement);
	return element('section', { 'data-refusal': rule, 'aria-label': rule },
		element('h3', {}, element('code', {}, rule)),
		element('p', {}, problem),
		...ways(steps).map((way) => element('ol', {}, ...way.map((step) => element('li', {}, ...drawStep(step))))),
		statements.length > 0 && !statements.every(isStep)
			? element('p', {}, 'Or run as a superuser, in the database whose changes are received:', copyable(statements.join('\n'))) : null);
}

/** A step with its code in the middle of its text. */
function drawStep({ text, code }) {
	if (!code) {
		return [text];
	}
	const start = text.indexOf(code);
	return [text.slice(0, start), copyable(code), text.slice(start + code.length)].filter(Boolean);
}

/** Listeners with what they receive. */
function drawListeners({ listeners, failedDelivery, longestCall }) {
	const note = (id) => failedDelivery?.listener === id ? 'failed' : longestCall?.overdue && longestCall.listener === id ? 'hangs' : null;
	const data = listeners.map((listener) => [listener, note(listener.id)]);
	redrawIfChanged($('listeners'), data, () => [listeners.length === 0
		? element('p', { class: 'empty' }, 'The engine has no listener.')
		: element('table', {},
			element('thead', {}, element('tr', {}, ...['Listener', 'Receives'].map((name) => element('th', { scope: 'col' }, name)),
				element('th', { scope: 'col', class: 'meaning' }, 'Operations'))),
			element('tbody', {}, ...data.map(([{ id, tables, messages, operations }, problem]) => element('tr', { 'data-listener': id },
				element('th', { scope: 'row' }, id, problem ? element('b', { class: 'problem' }, ' ' + problem) : null),
				element('td', {}, [...tables, ...messages.map((prefix) => `message '${prefix}'`)].join(', ')),
				element('td', { class: 'meaning' }, tables.length ? operations.join(', ') : '')))))]);
}

function drawPositions(engine) {
	const points = positions(engine);
	const server = points.find((point) => point.key === 'server');
	$('positions').replaceChildren(...Object.keys(POSITIONS).map((key) => {
		const point = points.find((other) => other.key === key);
		const behind = point && server ? Number(server.lsn - point.lsn) : null;
		return element('tr', { 'data-row': key },
			element('th', { scope: 'row' }, element('i', { class: 'key ' + key }), POSITIONS[key][0]),
			element('td', { class: 'mono' }, point ? point.text : '–'),
			element('td', { class: 'number', title: behind === null ? null : count(behind) + ' bytes' }, key === 'server' ? '' : behind < 0 ? size(-behind) + ' ahead' : size(behind)),
			element('td', { class: 'meaning' }, POSITIONS[key][1]));
	}));
}

function drawFigures(engine, history) {
	const slot = engine.slot || {};
	const last = history.samples[history.samples.length - 1];
	const total = eventsOf(engine).reduce((sum, table) => sum + table.total, 0);
	const safe = slot.safeWalSizeBytes ?? null;
	const used = safe !== null && slot.retainedWalBytes ? slot.retainedWalBytes / (slot.retainedWalBytes + Math.max(0, safe)) : null;
	$('figures').replaceChildren(
		figure('lag', size(engine.difference?.lagBytes), lagTime(engine.difference), trend(history)),
		figure('retained', size(slot.retainedWalBytes), 'of WAL retained for the slot', limit(slot), used),
		figure('count', count(total), 'events processed since start', last.rate === null ? null : rate(last.rate) + ' a second'),
		figure('status', slot.walStatus || '–', 'WAL status of the slot', slot.active === true ? 'a consumer receives' : slot.active === false ? 'no consumer receives' : null));
}

function lagTime(difference) {
	return difference?.lagSeconds >= 1 ? `behind the server, for ${duration(difference.lagSeconds)}` : 'behind the server';
}

function limit({ exists, safeWalSizeBytes, safeForSeconds }) {
	if (safeWalSizeBytes === null || safeWalSizeBytes === undefined) {
		return exists ? 'no limit on the server' : null;
	}
	const left = safeForSeconds === null ? '' : `, ${duration(safeForSeconds)} at this rate`;
	return safeWalSizeBytes > 0 ? `${size(safeWalSizeBytes)} until it is in danger${left}` : 'over the limit, and may be lost at any time';
}

function figure(name, value, label, note, used) {
	return element('div', { 'data-figure': name }, element('strong', {}, value), element('span', {}, label),
		used === undefined || used === null ? null : element('meter', { min: 0, max: 1, high: 0.8, value: used, 'aria-label': 'Used part of the WAL limit' }),
		element('small', {}, note || '\u00a0'));
}

/** The tables that are read, each with a bar. A bar without a value says that the number of rows is unknown. */
function drawBackfills(name, { backfills = [] }) {
	$('backfills-card').hidden = backfills.length === 0;
	redraw($('backfills'), element('table', {},
		element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Table'), element('th', { scope: 'col' }, 'State'),
			...['Rows', 'Of about', 'Rows a second', 'Time left'].map((column) => element('th', { scope: 'col', class: 'number' }, column)),
			MAY_OPERATE ? element('th', { scope: 'col', class: 'number' }, element('span', { class: 'unseen' }, 'Operations')) : null)),
		element('tbody', {}, ...backfills.map((table) => element('tr', { 'data-backfill': table.table },
			element('th', { scope: 'row' }, [table.table, ...table.where].join(', '), element('progress', {
				max: Math.max(1, table.estimatedRows ?? 1), value: table.estimatedRows > table.rows ? table.rows : null, 'aria-hidden': 'true' })),
			element('td', { title: table.problem }, table.listener ? `${table.state}, for ${table.listener}` : table.state),
			element('td', { class: 'number' }, count(table.rows)),
			element('td', { class: 'number' }, table.estimatedRows === null ? '–' : count(table.estimatedRows)),
			element('td', { class: 'number' }, table.rowsPerSecond === null ? '–' : count(table.rowsPerSecond)),
			element('td', { class: 'number' }, table.secondsLeft === null ? '–' : duration(table.secondsLeft)),
			backfillControls(name, table))))));
}

/** Tables and prefixes of messages with their counts by operation, the busiest first. */
function eventsOf(engine) {
	const tables = new Map();
	for (const { table, message, operation, handled, failed, skipped, parked } of engine.eventCounts) {
		const name = table ?? `message '${message}'`;
		const row = tables.get(name) || { table: name, counts: {}, total: 0, failed: 0, skipped: 0, parked: 0 };
		row.counts[operation] = handled;
		row.total += handled;
		row.failed += failed;
		row.skipped += skipped;
		row.parked += parked;
		tables.set(name, row);
	}
	return [...tables.values()].sort((a, b) => b.total - a.total || (a.table < b.table ? -1 : 1));
}

function drawEvents(engine) {
	const tables = eventsOf(engine);
	const most = Math.max(1, ...tables.map((table) => table.total));
	const columns = columnsOf(tables);
	say($('events-note'), tables.length ? 'since start' : '');
	$('events').replaceChildren(tables.length === 0
		? element('p', { class: 'empty' }, 'No event was processed since the application started.')
		: element('table', {},
			element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Table'),
				...columns.map(([name]) => element('th', { scope: 'col', class: 'number' }, name)))),
			element('tbody', {}, ...tables.map((table) => element('tr', { 'data-table': table.table },
				element('th', { scope: 'row' }, table.table, element('progress', { max: most, value: table.total, 'aria-hidden': 'true' })),
				...columns.map(([name, value]) => element('td', { class: value(table) ? 'number ' + name : 'number' }, count(value(table)))))))));
}

/** Operations that occurred, their sum, and other outcomes: each with its name and its value for a table. */
function columnsOf(tables) {
	const operations = ['read', 'create', 'update', 'delete', 'truncate', 'message'].map((name) => [name, (table) => table.counts[name] || 0]);
	const outcomes = ['failed', 'skipped', 'parked'].map((name) => [name, (table) => table[name]]);
	const any = ([, value]) => tables.some(value);
	const sum = operations.filter(any).length > 1 ? [['all', (table) => table.total]] : [];
	return [...operations.filter(any), ...sum, ...outcomes.filter(any)];
}

function drawRisks(engine) {
	const gap = engine.lastStart?.skippedGap;
	const parts = [];
	if (gap) {
		parts.push(element('div', { class: 'gap', 'data-gap': true },
			element('b', {}, `${size(gap.bytes)} of WAL were skipped`),
			element('p', {}, 'From ', element('code', {}, gap.offsetLsn), ' to ', element('code', {}, gap.slotLsn),
				'. Transactions that committed in between were not delivered.')));
	}
	for (const { rule, problem, risk } of engine.acceptedRisks) {
		parts.push(element('div', { class: 'risk', 'data-rule': rule }, element('code', {}, rule), element('p', {}, problem), element('p', {}, risk)));
	}
	$('risks').replaceChildren(...(parts.length ? parts : [element('p', { class: 'empty' }, 'No risk is accepted, and no WAL was skipped.')]));
}

function drawFacts(name, engine) {
	const slot = engine.slot || {};
	const server = engine.server || {};
	const offset = engine.offset || {};
	const yes = (value) => (value === null || value === undefined ? null : value ? 'yes' : 'no');
	const groups = engine.source === 'kafka' ? {
		Engine: { Name: name, Source: engine.source },
		Connector: { Name: engine.connector?.name, State: engine.connector?.state, Task: engine.connector?.task, Failure: engine.connector?.failure, 'On restart': engine.connector?.onRestart },
		Slot: { Name: slot.name, 'Active PID': slot.activePid, Invalidated: slot.invalidationReason },
		Server: { PostgreSQL: server.version, Timeline: server.timeline },
		Kafka: { Group: engine.group, Order: engine.order, 'Topic prefix': engine.topicPrefix },
		'Committed offsets': Object.fromEntries(engine.partitions.map(({ topic, partition, committed, end, lag, lastLsn, lastCommitTime }) => [`${topic}-${partition}`,
			`${committed} of ${end}, lag ${lag}` + (lastLsn ? `, last event ${lastLsn}` : '') + (lastCommitTime ? ` of ${moment(lastCommitTime)}` : '')]))
	} : {
		Engine: {
			Name: name, 'LSN flush mode': engine.lsnFlushMode, 'Offset mismatch strategy': engine.offsetMismatchStrategy,
			'Snapshot mode': engine.snapshotMode, 'Last start': engine.lastStart && engine.lastStart.decision
		},
		Slot: {
			Name: slot.name, Plugin: slot.plugin, 'Received by': consumer(slot), 'Survives a failover': engine.survivesFailover,
			'Synchronized to standbys': yes(slot.failover), 'Synchronized from a primary': slot.synced ? 'yes' : null, Invalidated: slot.invalidationReason
		},
		Offset: {
			Store: engine.offsetStore, 'Stored at': offset.storedAt && moment(offset.storedAt)
		},
		Server: { Version: server.version, Role: server.version && (server.inRecovery ? 'standby' : 'primary'), Timeline: server.timeline, 'System identifier': server.systemIdentifier }
	};
	$('facts').replaceChildren(...Object.entries(groups).map(([title, facts]) => element('div', {}, element('h3', {}, title),
		element('dl', {}, ...Object.entries(facts).filter(([, value]) => value !== null && value !== undefined)
			.flatMap(([key, value]) => [element('dt', {}, key), element('dd', {}, String(value))])))));
}

function drawAgain() {
	if (answer) {
		draw();
	}
}

addEventListener('hashchange', drawAgain);
addEventListener('resize', drawAgain);
onOperated(load);
document.addEventListener('visibilitychange', () => document.hidden ? clearTimeout(timer) : load());
document.querySelectorAll('input[name=measure]').forEach((choice) => choice.addEventListener('change', () => {
	measure = choice.value in MEASURES ? choice.value : 'lag';
	drawAgain();
}));

load();
