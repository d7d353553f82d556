// The write-ahead log as a line. Each position has a fixed place, so that nothing jumps while values move. The bar
// below shows the same sections in bytes to scale.

import { element, svg } from './dom.js';
import { POSITIONS, lsn, size } from './words.js';

const EDGE = 46;
const LABELS = 58;
const BAR = 26;
const SCALE = 8;
const TOP = LABELS;
const SCALE_TOP = LABELS + BAR + LABELS + 10;
const HEIGHT = SCALE_TOP + SCALE + 20;
const CHARACTER = 6.7;

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

/** Draws the line, and moves the marks that have changed places. */
export function drawWal(figure, engine, before) {
	const points = positions(engine);
	const width = Math.max(280, Math.floor(figure.clientWidth));
	if (points.length === 0) {
		figure.replaceChildren(element('p', { class: 'empty' }, 'No position could be read yet.'));
		return new Map();
	}
	const step = (width - 2 * EDGE) / (Object.keys(POSITIONS).length - 1);
	const first = Object.keys(POSITIONS).length - points.length;
	const marks = points.map((point, index) => ({ ...point, x: EDGE + (first + index) * step, above: (first + index) % 2 === 1 }));
	const at = Object.fromEntries(points.map((point) => [point.key, point.lsn]));
	const sections = marks.slice(1).map((to, index) => section(marks[index], to, at, !!engine.difference?.explained));
	const drawing = svg('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: 'img', 'aria-label': described(points) });
	drawing.append(...drawLine(marks, width), ...sections.map(drawSection), ...marks.map(drawMark), ...marks.map(drawLabel), ...drawScale(sections, width));
	figure.replaceChildren(drawing);
	const places = new Map(marks.map((mark) => [mark.key, mark.x]));
	places.width = width;
	move(drawing, places, before?.width === width ? before : null);
	return places;
}

function described(points) {
	return 'From the oldest to the newest: ' + points.map((point) => POSITIONS[point.key][0] + ' ' + point.text).join(', ');
}

function section(from, to, at, explained) {
	const bytes = Number(to.lsn - from.lsn);
	const [kind, name] = bytes === 0 ? ['none', ''] : region(from.lsn, to.lsn, at, explained);
	return { kind, name, bytes, from: from.x, width: to.x - from.x };
}

function drawLine(marks, width) {
	const middle = TOP + BAR / 2;
	const last = marks[marks.length - 1].x;
	return [svg('path', { class: 'past', d: `M0 ${middle}H${marks[0].x}` }),
		svg('path', { class: 'future', d: `M${last} ${middle}H${width - 6}m-5 -4l5 4l-5 4` })];
}

function drawSection({ kind, name, bytes, from, width }) {
	const texts = [`${size(bytes)} ${name}`.trim(), size(bytes)];
	const text = texts.find((candidate) => candidate.length * CHARACTER + 8 < width) ?? texts[1];
	return svg('g', { class: 'region ' + kind, 'data-bytes': bytes },
		svg('title', {}, texts[0]),
		svg('rect', { x: from, y: TOP, width, height: BAR }),
		svg('text', { x: from + width / 2, y: TOP + BAR / 2 + 4 }, text));
}

const SHAPES = {
	restart: (x, y) => svg('rect', { x: x - 4, y: y - 4, width: 8, height: 8, rx: 1 }),
	slot: (x, y) => svg('path', { d: `M${x} ${y - 6}l6 11h-12z` }),
	offset: (x, y) => svg('circle', { cx: x, cy: y, r: 5 }),
	server: (x, y) => svg('path', { d: `M${x} ${y - 6}l5.5 6l-5.5 6l-5.5 -6z` })
};

function drawMark({ key, text, x, above }) {
	return svg('g', { class: 'mark ' + key, 'data-position': key, 'data-lsn': text, 'data-x': x.toFixed(2) },
		svg('title', {}, POSITIONS[key][0] + ' ' + text),
		svg('path', { d: `M${x} ${TOP - 2}V${TOP + BAR + 2}` }),
		SHAPES[key](x, above ? TOP - 8 : TOP + BAR + 8));
}

function drawLabel({ key, text, x, above }) {
	const [name, value] = above ? [TOP - 38, TOP - 22] : [TOP + BAR + 32, TOP + BAR + 48];
	return svg('g', { class: 'label ' + key, 'data-label': key },
		svg('text', { class: 'name', x, y: name }, POSITIONS[key][0]),
		svg('text', { class: 'lsn', x, y: value }, text));
}

/** The sections in bytes to scale. */
function drawScale(sections, width) {
	const all = sections.reduce((sum, { bytes }) => sum + bytes, 0);
	if (all === 0) {
		return [];
	}
	let x = EDGE;
	const drawn = sections.map(({ kind, bytes }) => {
		const part = (bytes / all) * (width - 2 * EDGE);
		x += part;
		return svg('rect', { x: x - part, y: SCALE_TOP, width: part, height: SCALE, 'data-part': bytes, class: kind });
	});
	return [svg('g', { class: 'scale' }, ...drawn, svg('text', { x: width / 2, y: SCALE_TOP + SCALE + 14 }, `${size(all)}, to scale`))];
}

function move(drawing, places, before) {
	if (!before || matchMedia('(prefers-reduced-motion: reduce)').matches) {
		return;
	}
	drawing.querySelectorAll('.mark').forEach((mark) => {
		const from = before.get(mark.dataset.position);
		const to = places.get(mark.dataset.position);
		if (from !== undefined && Math.abs(from - to) > 0.5) {
			mark.animate([{ transform: `translateX(${from - to}px)` }, { transform: 'none' }], { duration: 350, easing: 'ease-out' });
		}
	});
}
