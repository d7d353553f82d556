// The write-ahead log as a line, in bytes to scale. Where positions nearly coincide, that part of the line is drawn
// again below, magnified. A bar shows the scale of each line.

import { element, svg } from './dom.js';
import { POSITIONS, lsn, size } from './words.js';

const PAD = 30;
const LABELS = 58;
const BAR = 26;
const BELOW = LABELS + 32;
const LENS = 30;
const TOUCHING = 30;
const READABLE = 170;
const SMALLEST_RANGE = 256;
const ABOVE = { offset: true, server: true };

/** The four positions, oldest first, without those that are unknown. */
export function positions(engine) {
	const texts = {
		restart: engine.slot && engine.slot.restartLsn,
		slot: engine.slot && engine.slot.confirmedFlushLsn,
		offset: engine.offset && engine.offset.lsn,
		server: engine.server && engine.server.currentLsn
	};
	return Object.keys(POSITIONS)
		.filter((key) => texts[key])
		.map((key) => ({ key, text: texts[key], lsn: lsn(texts[key]) }))
		.sort((a, b) => (a.lsn < b.lsn ? -1 : a.lsn > b.lsn ? 1 : 0));
}

/** The lines to draw: the whole, then what nearly coincides on the previous one. */
function lines(points, width) {
	const all = [];
	for (let rest = points; rest && all.length < 3;) {
		const line = scale(rest, width, all.length ? 1 : SMALLEST_RANGE);
		all.push(line);
		rest = line.magnified;
	}
	return all;
}

function scale(points, width, smallest) {
	const first = points[0].lsn;
	const last = points[points.length - 1].lsn;
	const span = Number(last - first);
	const range = Math.max(span, smallest);
	const inner = width - 2 * PAD;
	const x = (position) => width - PAD - (Number(last - position) / range) * inner;
	const marks = points.map((point) => ({ ...point, x: x(point.lsn) }));
	marks.forEach((mark, index) => {
		mark.stacked = marks.slice(0, index).filter((other) => mark.x - other.x < 9 && !!ABOVE[other.key] === !!ABOVE[mark.key]).length;
	});
	return { marks, range, inner, magnified: range === span ? nearlyOne(marks) : null };
}

/** The largest group of marks that cannot be distinguished; null if there is none. */
function nearlyOne(marks) {
	let largest = null;
	for (let from = 0; from < marks.length; from++) {
		let to = from;
		while (to + 1 < marks.length && marks[to + 1].x - marks[to].x < readable(marks[to], marks[to + 1])) {
			to++;
		}
		const distinct = marks[to].lsn !== marks[from].lsn;
		if (distinct && to - from + 1 < marks.length && (!largest || to - from >= largest.length - 1)) {
			largest = marks.slice(from, to + 1);
		}
	}
	return largest;
}

/** The part between slot and offset matters most, so it must be readable. */
function readable(one, other) {
	return ['slot', 'offset'].includes(one.key) && ['slot', 'offset'].includes(other.key) ? READABLE : TOUCHING;
}

/** Kind and label of the part between two neighbours on the line. */
function region(from, to, at, explained) {
	const slot = at.slot;
	const offset = at.offset;
	const processed = offset === undefined ? slot : offset;
	if (slot !== undefined && offset !== undefined) {
		if (from >= offset && to <= slot) {
			return explained ? ['retained', 'without events'] : ['slot-ahead', 'slot ahead'];
		}
		if (from >= slot && to <= offset) {
			return explained ? ['stored', 'to be acknowledged'] : ['offset-ahead', 'offset ahead'];
		}
	}
	if (at.server !== undefined && from >= at.server) {
		return ['slot-ahead', 'not in this WAL'];
	}
	if (processed !== undefined && from >= processed && at.server !== undefined && to <= at.server) {
		return ['behind', 'behind'];
	}
	return ['retained', 'retained for the slot'];
}

export function drawWal(figure, engine, before) {
	const points = positions(engine);
	const width = Math.max(300, Math.floor(figure.clientWidth));
	if (points.length === 0) {
		figure.replaceChildren(element('p', { class: 'empty' }, 'No position could be read yet.'));
		return new Map();
	}
	const at = Object.fromEntries(points.map((point) => [point.key, point.lsn]));
	const all = lines(points, width);
	const step = LABELS + BAR + BELOW + LENS;
	const height = all.length * step - LENS;
	const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': described(points) });
	const places = new Map();
	all.forEach((line, index) => {
		const top = index * step + LABELS;
		if (index > 0) {
			drawing.prepend(lens(all[index - 1].magnified, width, top - step + BAR, top));
		}
		drawing.append(drawLine(line, index, top, width, at, !!engine.difference?.explained));
		line.marks.forEach((mark) => places.set(index + mark.key, mark.x));
	});
	figure.replaceChildren(drawing);
	move(drawing, places, before);
	return places;
}

function described(points) {
	return 'From the oldest to the newest: ' + points.map((point) => POSITIONS[point.key][0] + ' ' + point.text).join(', ');
}

function drawLine(line, index, top, width, at, explained) {
	const group = svg('g', { class: 'line', 'data-line': index, 'data-range': line.range });
	const middle = top + BAR / 2;
	const first = line.marks[0].x;
	const last = line.marks[line.marks.length - 1].x;
	group.append(svg('path', { class: 'past', d: `M0 ${middle}H${first}` }));
	if (index === 0) {
		group.append(svg('path', { class: 'future', d: `M${last} ${middle}H${width - 6}m-5 -4l5 4l-5 4` }));
	}
	group.append(svg('rect', { class: 'bar', x: first - 1, y: top, width: Math.max(2, last - first + 2), height: BAR, rx: 3 }));
	for (let i = 1; i < line.marks.length; i++) {
		const from = line.marks[i - 1];
		const to = line.marks[i];
		if (from.lsn < to.lsn) {
			group.append(drawRegion(from, to, top, region(from.lsn, to.lsn, at, explained)));
		}
	}
	const labelled = line.marks.filter((mark) => !line.magnified || !line.magnified.some((other) => other.key === mark.key));
	line.marks.forEach((mark) => group.append(drawMark(mark, top)));
	for (const above of [true, false]) {
		place(labelled.filter((mark) => !!ABOVE[mark.key] === above), width)
			.forEach((label) => group.append(drawLabel(label, above, top)));
	}
	group.append(scaleBar(line, top + BAR + LABELS + 14, width));
	return group;
}

function drawRegion(from, to, top, [kind, name]) {
	const bytes = Number(to.lsn - from.lsn);
	const width = to.x - from.x;
	const texts = [`${size(bytes)} ${name}`, size(bytes)];
	const text = texts.find((candidate) => candidate.length * 6.6 + 14 < width);
	return svg('g', { class: 'region ' + kind, 'data-bytes': bytes },
		svg('title', {}, texts[0]),
		svg('rect', { x: from.x, y: top, width: Math.max(1, width), height: BAR }),
		text ? svg('text', { x: from.x + width / 2, y: top + BAR / 2 + 4 }, text) : null);
}

// Marks at one place are stacked
const SHAPES = {
	restart: (x, y, stacked) => svg('rect', { x: x - 4, y: y + BAR + 1 + stacked * 11, width: 8, height: 8, rx: 1 }),
	slot: (x, y, stacked) => svg('path', { d: `M${x} ${y + BAR - 1 + stacked * 11}l6 10h-12z` }),
	offset: (x, y, stacked) => svg('circle', { cx: x, cy: y - 5 - stacked * 11, r: 5 }),
	server: (x, y, stacked) => svg('path', { d: `M${x} ${y - 11 - stacked * 11}l5.5 5.5l-5.5 5.5l-5.5 -5.5z` })
};

function drawMark(mark, top) {
	return svg('g', { class: 'mark ' + mark.key, 'data-position': mark.key, 'data-lsn': mark.text, 'data-x': mark.x.toFixed(2) },
		svg('title', {}, POSITIONS[mark.key][0] + ' ' + mark.text),
		svg('path', { d: `M${mark.x} ${top - 2}V${top + BAR + 2}` }),
		SHAPES[mark.key](mark.x, top, mark.stacked));
}

/** Labels of one side, moved so that they neither overlap nor leave the picture. */
function place(marks, width) {
	const labels = marks.map((mark) => ({ mark, x: mark.x, half: Math.max(mark.text.length * 7.4, 76) / 2 + 7 }));
	let edge = 0;
	for (const label of labels) {
		label.x = Math.max(label.x, edge + label.half);
		edge = label.x + label.half;
	}
	edge = width;
	for (const label of labels.reverse()) {
		label.x = Math.min(label.x, edge - label.half);
		edge = label.x - label.half;
	}
	return labels;
}

function drawLabel({ mark, x }, above, top) {
	const stacked = mark.stacked * 11;
	const [from, to] = above ? [top - 12 - stacked, top - 26] : [top + BAR + 11 + stacked, top + BAR + 25];
	const names = above ? [top - 44, top - 30] : [top + BAR + 38, top + BAR + 52];
	return svg('g', { class: 'label ' + mark.key, 'data-label': mark.key },
		svg('path', { d: `M${mark.x} ${from}L${x} ${to}` }),
		svg('text', { class: 'name', x, y: names[0] }, POSITIONS[mark.key][0]),
		svg('text', { class: 'lsn', x, y: names[1] }, mark.text));
}

/** The magnified part, which widens to the whole line below. */
function lens(marks, width, from, to) {
	const left = marks[0].x;
	const right = marks[marks.length - 1].x;
	const d = `M${left - 1} ${from}H${right + 1}C${right + 1} ${to - 40} ${width - PAD} ${from + 60} ${width - PAD} ${to}`
		+ `H${PAD}C${PAD} ${from + 60} ${left - 1} ${to - 40} ${left - 1} ${from}z`;
	return svg('path', { class: 'lens', d });
}

/** A bar of a round number of bytes, as on a map. */
function scaleBar(line, y, width) {
	const perPixel = line.range / line.inner;
	const bytes = Math.max(1, 2 ** Math.floor(Math.log2(perPixel * 150)));
	const length = bytes / perPixel;
	const x = width - PAD - length;
	return svg('g', { class: 'scale' },
		svg('path', { d: `M${x} ${y - 4}v4h${length}v-4` }),
		svg('text', { x: x - 6, y: y + 1 }, size(bytes)));
}

function move(drawing, places, before) {
	if (!before || matchMedia('(prefers-reduced-motion: reduce)').matches) {
		return;
	}
	drawing.querySelectorAll('.mark').forEach((mark) => {
		const key = mark.closest('.line').dataset.line + mark.dataset.position;
		const from = before.get(key);
		if (from !== undefined && Math.abs(from - places.get(key)) > 0.5) {
			mark.animate([{ transform: `translateX(${from - places.get(key)}px)` }, { transform: 'none' }], { duration: 350, easing: 'ease-out' });
		}
	});
}
