// Lag, retained WAL or events a second over the last quarter of an hour

import { element, svg } from './dom.js';
import { clock, duration, rate, size } from './words.js';

const HEIGHT = 190;
const LEFT = 74;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 24;
const WINDOW = 15 * 60 * 1000;
const SHORTEST = 60 * 1000;

export const MEASURES = {
	lag: ['WAL between the stored offset and the server', (sample) => sample.lag, size, 1024],
	retained: ['WAL that the server retains for the slot', (sample) => sample.retained, size, 1024],
	rate: ['events processed a second', (sample) => sample.rate, rate, 4]
};

/** Samples of one engine, oldest first. */
export class History {

	constructor(samples = []) {
		this.samples = samples;
	}

	add(sample) {
		const last = this.samples[this.samples.length - 1];
		if (last && sample.time <= last.time) {
			return;
		}
		this.samples.push(sample);
		const oldest = sample.time - WINDOW;
		while (this.samples.length && this.samples[0].time < oldest) {
			this.samples.shift();
		}
	}

	/** Change of a measure per second over the last half minute; null if unknown. */
	slope(value) {
		const last = this.samples[this.samples.length - 1];
		const recent = last ? this.samples.filter((sample) => sample.time >= last.time - 30000 && value(sample) !== null) : [];
		const first = recent[0];
		const seconds = first ? (last.time - first.time) / 1000 : 0;
		return seconds >= 8 && value(last) !== null ? (value(last) - value(first)) / seconds : null;
	}

}

export class Plot {

	constructor(figure) {
		this.figure = figure;
		this.picked = null;
		this.cursor = element('input', { type: 'range', class: 'cursor', min: 0, max: 0, 'aria-label': 'Time' });
		this.cursor.addEventListener('input', () => this.pick(Number(this.cursor.value)));
		this.cursor.addEventListener('blur', () => this.pick(null));
		this.drawing = svg('svg');
		this.area = element('div', { class: 'area' }, this.drawing, this.cursor);
		this.area.addEventListener('pointermove', (event) => this.pickAt(event.clientX - this.area.getBoundingClientRect().left));
		this.area.addEventListener('pointerleave', () => this.pick(null));
		this.note = element('figcaption', {});
		figure.append(this.area, this.note);
	}

	draw(history, measure) {
		this.history = history;
		this.measure = measure;
		this.redraw();
	}

	pick(index) {
		this.picked = index === null ? null : this.shown[index] || null;
		this.redraw();
	}

	pickAt(x) {
		let nearest = null;
		this.shown.forEach((sample, index) => {
			if (nearest === null || Math.abs(this.x(sample.time) - x) < Math.abs(this.x(this.shown[nearest].time) - x)) {
				nearest = index;
			}
		});
		this.pick(nearest);
	}

	redraw() {
		const [title, value, text, least] = MEASURES[this.measure];
		const all = this.history.samples;
		this.shown = all.filter((sample) => value(sample) !== null);
		const width = Math.max(280, Math.floor(this.figure.clientWidth));
		const start = all.length ? all[0].time : Date.now();
		const end = Math.max(all.length ? all[all.length - 1].time : start, start + SHORTEST);
		const highest = nice(Math.max(least, ...this.shown.map(value)), this.measure === 'rate' ? 10 : 2);
		this.x = (time) => LEFT + ((time - start) / (end - start)) * (width - LEFT - RIGHT);
		this.y = (number) => HEIGHT - BOTTOM - (number / highest) * (HEIGHT - TOP - BOTTOM);
		const drawing = svg('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, 'aria-hidden': 'true' });
		for (const part of [0, 0.5, 1]) {
			const y = this.y(highest * part);
			drawing.append(svg('path', { class: part ? 'grid' : 'axis', d: `M${LEFT} ${y}H${width - RIGHT}` }),
				svg('text', { class: 'tick', x: LEFT - 8, y: y + 4, 'text-anchor': 'end' }, text(highest * part)));
		}
		this.times(drawing, start, end, width);
		for (const run of runs(all, value)) {
			const line = run.map((sample) => `${this.x(sample.time).toFixed(1)} ${this.y(value(sample)).toFixed(1)}`).join('L');
			const base = HEIGHT - BOTTOM;
			drawing.append(
				svg('path', { class: 'fill', d: `M${this.x(run[0].time).toFixed(1)} ${base}L${line}V${base}z` }),
				svg('path', { class: 'curve', d: 'M' + line, 'data-points': run.length }));
		}
		this.point(drawing, value);
		this.drawing.replaceWith(drawing);
		this.drawing = drawing;
		this.cursor.max = Math.max(0, this.shown.length - 1);
		this.tell(title, value, text);
	}

	times(drawing, start, end, width) {
		const parts = width > 600 ? 4 : 2;
		for (let i = 0; i <= parts; i++) {
			const time = start + ((end - start) * i) / parts;
			drawing.append(svg('text', {
				class: 'tick', x: this.x(time), y: HEIGHT - 6, 'text-anchor': i === 0 ? 'start' : i === parts ? 'end' : 'middle'
			}, clock(time)));
		}
	}

	point(drawing, value) {
		const sample = this.picked || this.shown[this.shown.length - 1];
		if (!sample) {
			return;
		}
		const x = this.x(sample.time);
		if (this.picked) {
			drawing.append(svg('path', { class: 'cross', d: `M${x} ${TOP}V${HEIGHT - BOTTOM}` }));
		}
		drawing.append(svg('circle', { class: 'point', cx: x, cy: this.y(value(sample)), r: 4 }));
	}

	tell(title, value, text) {
		const sample = this.picked || this.shown[this.shown.length - 1];
		const known = sample ? `${text(value(sample))} at ${clock(sample.time)}` : 'nothing read yet';
		this.note.replaceChildren(element('b', {}, known), ' · ' + title);
		if (sample) {
			this.cursor.value = this.shown.indexOf(sample);
			this.cursor.setAttribute('aria-valuetext', known);
		}
	}

}

/** Runs of samples without a break, so that no line is drawn where nothing was read. */
function runs(samples, value) {
	const all = [];
	let before = null;
	for (const sample of samples) {
		if (value(sample) === null) {
			before = null;
			continue;
		}
		if (before === null || sample.time - before.time > 20000) {
			all.push([]);
		}
		all[all.length - 1].push(sample);
		before = sample;
	}
	return all;
}

/** The next round number: a power of two, or one, two or five times a power of ten. */
function nice(number, base) {
	if (base === 2) {
		return 2 ** Math.ceil(Math.log2(number));
	}
	const power = 10 ** Math.floor(Math.log10(number));
	return power * [1, 2, 5, 10].find((factor) => factor * power >= number);
}

export function trend(history) {
	const slope = history.slope((sample) => sample.lag);
	const last = history.samples[history.samples.length - 1];
	if (slope === null || !last || last.lag === null || last.lag < 1024 * 1024) {
		return null;
	}
	if (slope < -16 * 1024) {
		return `catching up, done in about ${duration(last.lag / -slope)}`;
	}
	return slope > 16 * 1024 ? `falling behind by ${size(slope)} a second` : 'steady';
}
