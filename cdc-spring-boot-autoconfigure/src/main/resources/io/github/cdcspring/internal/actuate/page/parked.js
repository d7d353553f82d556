// Parked events, as their endpoint lists them: without their data

import { $, button, element, redraw } from './dom.js';
import { ADDRESS, confirm, refusal, request, select } from './operations.js';
import { count, moment, number } from './words.js';

const PAGE = document.documentElement.dataset;
const MAY_OPERATE = PAGE.parkedOperations === 'true';
const INTERVAL = 10000;
const LIMIT = 100;

let shown = null;
let known = 0;
let next = 0;
let reading = false;

/** Reads the events at intervals, and at once for another engine or if it has parked more. */
export async function drawParked(name, parkedSinceStart) {
	if (!PAGE.parked || reading || (name === shown && parkedSinceStart === known && Date.now() < next)) {
		return;
	}
	reading = true;
	try {
		const counts = await read('');
		const total = counts?.[name] ?? 0;
		draw(name, total, total ? await read(`/${encodeURIComponent(name)}?limit=${LIMIT}`) : null);
	}
	catch {
		// the next reading may succeed, and the page tells already that nothing responds
	}
	finally {
		shown = name;
		known = parkedSinceStart;
		next = Date.now() + INTERVAL;
		reading = false;
	}
}

async function read(path) {
	const response = await fetch(address() + path, { headers: { Accept: 'application/json' }, cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.timeout(INTERVAL) });
	return response.ok ? response.json() : null;
}

function address() {
	return new URL(PAGE.parked, ADDRESS).href;
}

function draw(name, total, list) {
	$('parked-card').hidden = !list;
	if (!list) {
		return;
	}
	$('parked-note').textContent = list.events.length < total ? `the first ${count(list.events.length)} of ${count(total)}` : count(total);
	redraw($('parked'), element('table', {},
		element('thead', {}, element('tr', {}, ...['Event', 'Key', 'LSN', 'Failure', 'Parked'].map((column) => element('th', { scope: 'col' }, column)),
			MAY_OPERATE ? element('th', { scope: 'col', class: 'number' }, element('span', { class: 'unseen' }, 'Operations')) : null)),
		element('tbody', {}, ...list.events.map((event) => drawEvent(name, event, list.events)))));
}

function drawEvent(name, event, events) {
	return element('tr', { 'data-parked': event.id },
		element('th', { scope: 'row' }, `${event.operation.toLowerCase()} of ${event.table}`),
		element('td', { class: 'mono', title: event.keyHash }, event.keyHash.slice(0, 8)),
		element('td', { class: 'mono' }, event.lsn),
		element('td', {}, event.failure ? `${event.failedListener}: ${event.failure}, ${number(event.attempts, 'attempt')}` : 'waits for an earlier event of its key'),
		element('td', {}, moment(event.parkedAt)),
		MAY_OPERATE ? element('td', { class: 'controls' },
			control(name, event, events, 'replay', 'Replay', 'The listeners receive the event again. If it fails again, it stays parked.'),
			control(name, event, events, 'discard', 'Discard', 'The event is removed and no listener receives it any more. This cannot be undone.')) : null);
}

function control(name, event, events, operation, label, text) {
	const ofKey = events.filter((other) => other.keyHash === event.keyHash).length;
	return button(label, () => confirm({
		title: `${label}: ${event.operation.toLowerCase()} of ${event.table} at ${event.lsn}`, text, label,
		fields: ofKey > 1 ? [select('extent', 'Events', [['id', 'Only this event'], ['keyHash', `All events of its key (${ofKey} are shown)`]])] : [],
		run: (values) => operate(name, event, operation, values.extent || 'id')
	}), { 'aria-label': `${label} event ${event.id}`, 'data-operation': operation, 'data-focus': `${operation} ${event.id}` });
}

async function operate(name, event, operation, extent) {
	const url = `${address()}/${encodeURIComponent(name)}`;
	const response = operation === 'replay' ? await request('POST', url, { [extent]: event[extent] })
		: await request('DELETE', `${url}?${new URLSearchParams({ [extent]: event[extent] })}`);
	const answer = await response.json().catch(() => ({}));
	next = 0;
	if (!response.ok) {
		return { problem: answer.refused || refusal(response) };
	}
	if (answer.failure) {
		return { problem: `${number(answer.delivered, 'event')} delivered. The next one failed and stays parked: ${answer.failure}` };
	}
	return { done: operation === 'replay' ? `${number(answer.delivered, 'event')} delivered.` : `${number(answer.discarded, 'event')} discarded.` };
}
