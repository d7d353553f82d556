'use strict';

const KEPT = 50;
const $ = (id) => document.getElementById(id);
const money = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
let changes = [];
let arrived = [];
let editing = null;
let drawing = false;
const fetchOrders = latestOf('orders', drawOrders);
const fetchTotals = latestOf('totals', drawTotals);

// Everything that came from the server goes in as text, never as markup
function element(name, className, ...content) {
	const created = document.createElement(name);
	if (className) {
		created.className = className;
	}
	created.append(...content);
	return created;
}

function listen() {
	const source = new EventSource('changes');
	source.onopen = () => {
		// After a lost connection the server sends the latest changes again
		changes = [];
		arrived = [];
		$('changes').replaceChildren();
		link('live', 'live');
		draw();
		fetchOrders();
		fetchTotals();
	};
	source.onerror = () => link('lost', 'reconnecting');
	source.addEventListener('change', (event) => {
		arrived.push(JSON.parse(event.data));
		draw();
		fetchOrders();
	});
	source.addEventListener('totals', fetchTotals);
}

function link(state, text) {
	$('link').className = 'pill state ' + state;
	$('link').textContent = text;
}

// A burst of changes is drawn once
function draw() {
	if (drawing) {
		return;
	}
	drawing = true;
	setTimeout(() => {
		drawing = false;
		const list = $('changes');
		list.querySelector('.empty')?.remove();
		changes = [...arrived].reverse().concat(changes).slice(0, KEPT);
		arrived.slice(-KEPT).forEach((change) => list.prepend(changeItem(change)));
		arrived = [];
		while (list.children.length > KEPT) {
			list.lastChild.remove();
		}
		if (!changes.length) {
			list.append(element('li', 'empty', 'Nothing yet. Place an order and watch it arrive.'));
		}
		drawFigures();
	}, 30);
}

function drawFigures() {
	const latencies = changes.map((change) => change.latencyMillis).filter((millis) => millis !== null).sort((a, b) => a - b);
	$('count').textContent = changes.length ? changes[0].number : 0;
	$('median').textContent = latencies.length ? millis(latencies[Math.floor(latencies.length / 2)]) : '–';
	$('slowest').textContent = latencies.length ? millis(latencies[latencies.length - 1]) : '–';
	$('position').textContent = changes.length ? changes[0].lsn : '–';
}

function changeItem(change) {
	const operation = change.operation.toLowerCase();
	const order = change.after || change.before;
	const when = change.commitTime ? new Date(change.commitTime).toLocaleTimeString('en-GB') : '';
	return element('li', Date.now() - Date.parse(change.commitTime) < 2000 ? 'fresh' : '',
		element('span', 'badge ' + operation, operation),
		element('span', 'what', ...(order ? description(change, order) : ['all orders'])),
		element('span', 'latency', change.latencyMillis === null ? 'snapshot' : millis(change.latencyMillis)),
		element('span', 'where mono', ['LSN ' + change.lsn,
			change.transactionId === null ? null : 'tx ' + change.transactionId, when].filter(Boolean).join(' · ')));
}

function description(change, order) {
	const before = change.operation === 'UPDATE' ? change.before : null;
	return [element('b', '', '#' + order.id), ' ',
		...difference(before && before.customer, order.customer), ' · ',
		...difference(before && before.item, order.item), ' · ',
		...difference(before && money.format(before.amount), money.format(order.amount))];
}

function difference(before, after) {
	return before === null || before === after ? [after] : [element('del', '', before), ' ', element('ins', '', after)];
}

function millis(value) {
	return (value < 100 ? value.toFixed(1) : Math.round(value)) + ' ms';
}

// One request at a time; what arrives meanwhile asks for one more
function latestOf(path, show) {
	let asked = false;
	let asking = false;
	return async () => {
		asked = true;
		if (asking) {
			return;
		}
		asking = true;
		try {
			while (asked) {
				asked = false;
				show(await (await fetch(path)).json());
			}
		}
		catch (error) {
			link('lost', 'reconnecting');
		}
		finally {
			asking = false;
		}
	};
}

function drawOrders(orders) {
	$('order-count').textContent = orders.length === 100 ? 'the latest 100' : '';
	$('orders').replaceChildren(...orders.map((order) => {
		const edit = element('button', 'small', 'Edit');
		edit.setAttribute('aria-label', 'Edit order ' + order.id);
		edit.onclick = () => startEdit(order);
		const remove = element('button', 'small', 'Delete');
		remove.setAttribute('aria-label', 'Delete order ' + order.id);
		remove.onclick = () => send('DELETE', 'orders/' + order.id);
		return element('tr', '', element('td', 'mono', String(order.id)), element('td', '', order.customer),
			element('td', '', order.item), element('td', 'number', money.format(order.amount)), element('td', '', edit, remove));
	}));
}

function drawTotals(totals) {
	const highest = Math.max(...totals.map((total) => total.total), 0.01);
	$('totals').replaceChildren(...(totals.length ? totals.map((total) => {
		const bar = element('progress');
		bar.max = highest;
		bar.value = total.total;
		bar.setAttribute('aria-hidden', 'true');
		return element('li', '',
			element('span', 'who', total.customer, element('small', '', total.orders + (total.orders === 1 ? ' order' : ' orders'))),
			element('span', 'number', money.format(total.total)), bar);
	}) : [element('li', 'empty', 'No orders, no totals.')]));
}

async function send(method, path, order) {
	try {
		const response = await fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: order && JSON.stringify(order) });
		const refused = !response.ok && response.status !== 404;
		problem(refused ? (await response.json()).detail : response.ok ? null : 'This order is gone.');
		return response.ok;
	}
	catch (error) {
		problem('The server does not answer.');
		return false;
	}
}

function problem(text) {
	$('problem').hidden = !text;
	$('problem').textContent = text || '';
}

function startEdit(order) {
	editing = order ? order.id : null;
	const form = $('form');
	form.customer.value = order ? order.customer : '';
	form.item.value = order ? order.item : '';
	form.amount.value = order ? order.amount.toFixed(2) : '';
	$('form-title').textContent = order ? 'Change order #' + order.id : 'New order';
	$('save').textContent = order ? 'Save' : 'Place order';
	$('cancel').hidden = !order;
	$('some').hidden = !!order;
	problem(null);
	form.customer.focus();
}

$('form').onsubmit = async (event) => {
	event.preventDefault();
	const form = $('form');
	const order = { customer: form.customer.value.trim(), item: form.item.value.trim(), amount: form.amount.valueAsNumber };
	if (await send(editing === null ? 'POST' : 'PUT', editing === null ? 'orders' : 'orders/' + editing, order)) {
		startEdit(null);
	}
};

$('cancel').onclick = () => startEdit(null);

$('some').onclick = async () => {
	const any = (values) => values[Math.floor(Math.random() * values.length)];
	for (let i = 0; i < 10; i++) {
		await send('POST', 'orders', {
			customer: any(['ada', 'barbara', 'edsger', 'grace', 'leslie', 'tony']),
			item: any(['book', 'lamp', 'chair', 'notebook', 'keyboard', 'pen', 'teapot']),
			amount: Math.floor(Math.random() * 9000 + 100) / 100
		});
	}
};

listen();
