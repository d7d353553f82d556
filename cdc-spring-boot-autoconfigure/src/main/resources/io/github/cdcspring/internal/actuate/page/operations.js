// Operations on an engine. They are confirmed in a dialog, and requested with the token against forged requests

import { $, button, element, redraw, say } from './dom.js';
import { onRestart } from './words.js';

const PAGE = document.documentElement.dataset;
const TIMEOUT = 60000;

export const MAY_OPERATE = PAGE.operations === 'true';

let operated = () => {};

/** Sets what is called after an operation. */
export function onOperated(callback) {
	operated = callback;
}

/** The address of the page, without credentials, which fetch rejects. */
export const ADDRESS = location.origin + location.pathname;

const KAFKA = (engine) => engine.source === 'kafka';

const OPERATIONS = {
	pause: {
		label: 'Pause', when: ({ state }) => state !== 'PAUSED' && state !== 'STOPPED',
		text: (engine) => KAFKA(engine) ? 'The engine stops in order. Other instances take its partitions over until it is resumed.'
			: 'The engine stops in order, and stays stopped until it is resumed. The server retains WAL for the slot meanwhile.'
	},
	resume: { label: 'Resume', when: ({ state }) => state === 'PAUSED', text: (engine) => onRestart(engine) || 'The engine starts with all checks.' },
	restart: { label: 'Restart', when: ({ state }) => state !== 'PAUSED', text: (engine) => onRestart(engine) || 'The engine stops in order, and starts with all checks.' },
	recover: {
		label: 'Recover', when: (engine) => engine.state === 'REFUSED' && !KAFKA(engine),
		text: () => 'The engine resumes at a slot that can be read, and delivers the existing rows alongside the stream. Changes between the stored offset and that slot are not delivered.'
	},
	backfill: {
		label: 'Backfill', when: (engine) => !KAFKA(engine) && engine.state !== 'PAUSED',
		text: () => 'The engine delivers existing rows in parallel with the changes, as events of the operation READ.',
		fields: ({ listeners }) => [
			input('tables', 'Tables, separated by commas', { required: true, list: 'known-tables' }),
			element('datalist', { id: 'known-tables' }, ...[...new Set(listeners.flatMap((listener) => listener.tables))]
				.filter((table) => !table.includes('*')).map((table) => element('option', { value: table }))),
			select('listener', 'Listener', [['', 'All listeners'], ...listeners.map(({ id }) => [id, id])]),
			input('where', 'Conditions on the rows, if not all', { placeholder: "status = 'open'" })]
	}
};

const ON_BACKFILL = {
	'pause-backfill': ['Pause', 'The engine reads no further existing rows of this table until that is resumed.'],
	'resume-backfill': ['Resume', 'The engine continues to read the existing rows of this table.'],
	'cancel-backfill': ['Cancel', 'The engine reads no further existing rows of this table, and forgets how far it was.']
};

function field(label, control) {
	return element('label', {}, element('span', {}, label), control);
}

export function input(name, label, attributes) {
	return field(label, element('input', { name, autocomplete: 'off', ...attributes }));
}

export function select(name, label, options) {
	return field(label, element('select', { name }, ...options.map(([value, text]) => element('option', { value }, text))));
}

/** The buttons that the engine's state allows. Buttons that remain keep the focus. */
export function drawOperations(name, engine) {
	const group = $('operations');
	group.hidden = !MAY_OPERATE;
	const allowed = MAY_OPERATE ? Object.keys(OPERATIONS).filter((key) => OPERATIONS[key].when(engine)) : [];
	group.engine = engine;
	const key = JSON.stringify([name, allowed]);
	if (group.dataset.drawn !== key) {
		group.dataset.drawn = key;
		redraw(group, ...allowed.map((operation) => button(OPERATIONS[operation].label, () => ask(name, operation, group.engine), { 'data-operation': operation, 'data-focus': operation })));
	}
}

function ask(name, operation, engine) {
	const { label, text, fields } = OPERATIONS[operation];
	confirm({
		title: `${label}: engine '${name}'`, text: text(engine), label, fields: fields ? fields(engine) : [],
		run: (values) => operate(name, operation, values)
	});
}

/** The cell with the buttons for the backfill of a table; none if nothing may be operated. */
export function backfillControls(name, { table, state }) {
	if (!MAY_OPERATE) {
		return null;
	}
	const operations = state === 'snapshot' ? [] : [state === 'paused' ? 'resume-backfill' : 'pause-backfill', 'cancel-backfill'];
	return element('td', { class: 'controls' }, ...operations.map((operation) => {
		const [label, text] = ON_BACKFILL[operation];
		return button(label, () => confirm({
			title: `${label} the backfill of ${table}`, text, label: `${label} the backfill`, run: () => operate(name, operation, { tables: table })
		}), { 'aria-label': `${label} the backfill of ${table}`, 'data-operation': operation, 'data-focus': operation + ' ' + table });
	}));
}

async function operate(name, operation, values) {
	const response = await request('POST', `${ADDRESS}/${encodeURIComponent(name)}/${operation}`, values);
	const answer = await response.json().catch(() => ({}));
	return response.ok ? { done: answer.message } : { problem: answer.message || refusal(response) };
}

/** Why a request was not even looked at. */
export function refusal({ status }) {
	return status === 401 || status === 403
		? 'You are not allowed to do this, or you are no longer signed in. Reload this page to sign in again.'
		: `The application responded with status ${status}.`;
}

/** Requests an operation. A token that is not accepted is followed by the next one: nothing was done then. */
export async function request(method, address, body) {
	let response;
	for (const token of await tokens()) {
		response = await fetch(address, {
			method, headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...token }, cache: 'no-store',
			credentials: 'same-origin', body: body ? JSON.stringify(body) : undefined, signal: AbortSignal.timeout(TIMEOUT)
		});
		if (response.status !== 403) {
			break;
		}
	}
	return response;
}

/** The headers against forged requests: from Spring Security's cookie for scripts, and as the application tells it. */
async function tokens() {
	const response = await fetch(new URL(PAGE.files + '/csrf', ADDRESS), { headers: { Accept: 'application/json' }, cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.timeout(TIMEOUT) });
	const { header, token } = response.ok ? await response.json() : {};
	const cookie = /(?:^|; )XSRF-TOKEN=([^;]+)/.exec(document.cookie);
	const known = [];
	if (cookie) {
		known.push({ 'X-XSRF-TOKEN': decodeURIComponent(cookie[1]) });
	}
	if (header) {
		known.push({ [header]: token });
	}
	return known.length ? known : [{}];
}

/** Asks for confirmation in a dialog, which stays open while there is a problem. */
export function confirm({ title, text, label, fields = [], run }) {
	const form = $('dialog-form');
	say($('dialog-title'), title);
	say($('dialog-text'), text);
	say($('dialog-problem'), '');
	say($('outcome'), '');
	say($('dialog-confirm'), label);
	$('dialog-fields').replaceChildren(...fields);
	form.onsubmit = async (event) => {
		event.preventDefault();
		const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
		say($('dialog-problem'), '');
		$('dialog-confirm').disabled = true;
		try {
			const { done, problem } = await run(values);
			say($('dialog-problem'), problem || '');
			if (!problem) {
				$('dialog').close();
				say($('outcome'), done || '');
			}
		}
		catch {
			say($('dialog-problem'), 'The application does not respond.');
		}
		finally {
			$('dialog-confirm').disabled = false;
			operated();
		}
	};
	$('dialog').showModal();
}

$('dialog-cancel').addEventListener('click', () => $('dialog').close());
