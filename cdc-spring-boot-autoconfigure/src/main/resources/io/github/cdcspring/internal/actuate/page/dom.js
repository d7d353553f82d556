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

export const $ = (id) => document.getElementById(id);

/** Sets text only where it is another, so that nothing is announced or selected away in vain. */
export function say(node, text) {
	if (node.textContent !== text) {
		node.textContent = text;
	}
}
