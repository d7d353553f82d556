// Elements are made with text only: nothing that a table, a setting or a message holds is ever markup

export function element(name, attributes = {}, ...children) {
	return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
	return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function fill(node, attributes, children) {
	for (const [key, value] of Object.entries(attributes)) {
		if (value !== null && value !== undefined && value !== false) {
			node.setAttribute(key, value === true ? '' : value);
		}
	}
	node.append(...children.filter((child) => child !== null && child !== undefined));
	return node;
}

/** Replaces the children, and keeps the focus on what has the same name in 'data-focus'. */
export function redraw(node, ...children) {
	const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
	node.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
	if (focused) {
		[...node.querySelectorAll('[data-focus]')].find((other) => other.dataset.focus === focused)?.focus({ preventScroll: true });
	}
}

/** Draws only if the data have changed, so that a selected text stays selected. */
export function redrawIfChanged(node, data, children) {
	const key = JSON.stringify(data);
	if (node.dataset.drawn !== key) {
		node.dataset.drawn = key;
		redraw(node, ...children());
	}
}

export function button(label, action, attributes = {}) {
	const node = element('button', { type: 'button', ...attributes }, label);
	node.addEventListener('click', action);
	return node;
}

/** Text with a button that copies it. */
export function copyable(text) {
	const code = element('code', {}, text);
	const done = element('span', { class: 'unseen', role: 'status' });
	const copy = button('Copy', async () => {
		await write(text, code);
		say(copy, 'Copied');
		say(done, 'Copied');
		setTimeout(() => say(copy, 'Copy'), 2000);
	}, { 'data-focus': 'copy ' + text });
	return element('span', { class: 'copyable' }, code, copy, done);
}

/** A page that was not served over HTTPS has no clipboard, but can copy what is selected. */
async function write(text, node) {
	try {
		await navigator.clipboard.writeText(text);
	}
	catch {
		getSelection().selectAllChildren(node);
		document.execCommand('copy');
	}
}

export const $ = (id) => document.getElementById(id);

/** Sets text only where it is another, so that nothing is announced or selected away in vain. */
export function say(node, text) {
	if (node.textContent !== text) {
		node.textContent = text;
	}
}
