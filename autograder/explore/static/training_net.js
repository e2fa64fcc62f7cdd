// A two-layer net of the page's own, for where no Python answers: points, images, first weights, training.
// Plain numbers, no page. _training_net.py and _training_run.py do the same in NumPy, from the same weights.
import { normals } from "./network.js";

const POINTS = 200;
const NOISE_SEED = 2000;
const POINTS_OF_CURVE = 200;
const LEVELS = 2047;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

/** The part of the plane that is shown, and how many points across and down a net is asked at. */
export const WINDOW = { x: 2.4, y: 2.1 };
export const GRID = { across: 57, down: 50 };

const PI = Math.PI;
const CURVES = {
  moons: { at: (t) => [Math.cos(PI * t) - 0.5, Math.sin(PI * t) - 0.25], sizes: [1.35, -1.35], spread: 0.17 },
  rings: { at: (t) => [Math.cos(2 * PI * t), Math.sin(2 * PI * t)], sizes: [0.7, 1.6], spread: 0.15 },
  spirals: {
    at: (t) => [(0.25 + t) * Math.cos(2.2 * PI * t), (0.25 + t) * Math.sin(2.2 * PI * t)],
    sizes: [1.45, -1.45],
    spread: 0.08,
  },
};

/** 200 points of two classes by turns. `X` is flat, row after row. */
export function planeOf(name) {
  const { at, sizes, spread } = CURVES[name];
  const noise = normals(NOISE_SEED, 2 * POINTS);
  const X = new Float64Array(2 * POINTS);
  const y = Array.from({ length: POINTS }, (_, i) => i % 2);
  for (let i = 0; i < POINTS; i += 1) {
    const point = at((Math.floor(i / 2) + 0.5) / (POINTS / 2));
    for (const k of [0, 1]) X[2 * i + k] = sizes[i % 2] * point[k] + spread * noise[2 * i + k];
  }
  return { X, y, countedX: X, countedY: y, inputs: 2, classes: 2 };
}

/** Images as Python sends them: a letter for each pixel, a digit for each label. */
export function imagesOf({ side, classes, pixels, labels, counted_pixels: kept, counted_labels: keptLabels }) {
  const grey = (text) => Float64Array.from(text, (letter) => (letter.charCodeAt(0) - 97) / 16);
  const numbers = (text) => Array.from(text, Number);
  const counted = { countedX: grey(kept), countedY: numbers(keptLabels) };
  return { X: grey(pixels), y: numbers(labels), ...counted, inputs: side ** 2, classes };
}

/** Nearly normal weights of standard deviation sqrt(2 / n) for a layer that reads n numbers; biases are 0. */
export function firstWeights(inputs, hidden, classes, seed) {
  const drawn = normals(seed, inputs * hidden + hidden * classes);
  return {
    W1: drawn.slice(0, inputs * hidden).map((w) => w * Math.sqrt(2 / inputs)),
    b1: new Float64Array(hidden),
    W2: drawn.slice(inputs * hidden).map((w) => w * Math.sqrt(2 / hidden)),
    b2: new Float64Array(classes),
  };
}

/** rows @ W + b, all flat; `rows` has `inputs` numbers a row, the result as many as b. */
function affine(rows, inputs, W, b) {
  const [n, wide] = [rows.length / inputs, b.length];
  const out = new Float64Array(n * wide);
  for (let i = 0; i < n; i += 1) {
    for (let h = 0; h < wide; h += 1) out[i * wide + h] = b[h];
    for (let j = 0; j < inputs; j += 1) {
      const x = rows[i * inputs + j];
      if (x !== 0) for (let h = 0; h < wide; h += 1) out[i * wide + h] += x * W[j * wide + h];
    }
  }
  return out;
}

/** Add rows.T @ upstream to dW, and the sums of its columns to db. */
function gather(rows, inputs, upstream, dW, db) {
  const wide = db.length;
  for (let i = 0; i < rows.length / inputs; i += 1) {
    for (let h = 0; h < wide; h += 1) db[h] += upstream[i * wide + h];
    for (let j = 0; j < inputs; j += 1) {
      const x = rows[i * inputs + j];
      if (x !== 0) for (let h = 0; h < wide; h += 1) dW[j * wide + h] += x * upstream[i * wide + h];
    }
  }
}

/** Scores and hidden activations of flat rows. */
export function forwardOf(X, inputs, { W1, b1, W2, b2 }) {
  const H = affine(X, inputs, W1, b1).map((z) => (z > 0 || Number.isNaN(z) ? z : 0));
  return { S: affine(H, b1.length, W2, b2), H };
}

/** The mean loss over all examples, and its gradient. */
export function descend({ X, y, inputs, classes }, params) {
  const { S, H } = forwardOf(X, inputs, params);
  const { W2 } = params;
  const hidden = params.b1.length;
  const grads = Object.fromEntries(Object.entries(params).map(([name, values]) => [name, new Float64Array(values.length)]));
  const under = new Float64Array(H.length);
  let loss = 0;
  for (let i = 0; i < y.length; i += 1) {
    let most = -Infinity;
    for (let c = 0; c < classes; c += 1) most = S[i * classes + c] > most ? S[i * classes + c] : most;
    let sum = 0;
    for (let c = 0; c < classes; c += 1) sum += Math.exp(S[i * classes + c] - most);
    const total = most + Math.log(sum);
    loss += total - S[i * classes + y[i]];
    for (let c = 0; c < classes; c += 1) {
      S[i * classes + c] = (Math.exp(S[i * classes + c] - total) - (c === y[i] ? 1 : 0)) / y.length;
    }
    for (let h = 0; h < hidden; h += 1) {
      if (H[i * hidden + h] > 0) {
        for (let c = 0; c < classes; c += 1) under[i * hidden + h] += S[i * classes + c] * W2[h * classes + c];
      }
    }
  }
  gather(H, hidden, S, grads.W2, grads.b2); // S holds the gradient of the scores by now
  gather(X, inputs, under, grads.W1, grads.b1);
  return { loss: loss / y.length, grads };
}

/** Numbers of any size in two letters each, as Python sends them, and back; 0 stays exactly 0. */
export function pack(margins) {
  return Array.from(margins, (m) => {
    const level = Math.floor((Number.isNaN(m) ? 0 : m / (1 + Math.abs(m)) || 0) * LEVELS + 0.5) + LEVELS;
    return LETTERS[level >> 6] + LETTERS[level & 63];
  }).join("");
}
const VALUES = Object.fromEntries(Array.from(LETTERS, (letter, i) => [letter, i]));
export function unpack(text) {
  return Float64Array.from({ length: text.length / 2 }, (_, i) => {
    const squashed = ((VALUES[text[2 * i]] << 6) + VALUES[text[2 * i + 1]] - LEVELS) / LEVELS;
    return squashed / Math.max(1 - Math.abs(squashed), 1e-4);
  });
}

/** The points at which a net is asked, row by row from the top left, flat. */
export function gridPoints() {
  const { across, down } = GRID;
  return Float64Array.from({ length: 2 * across * down }, (_, k) => {
    const [row, column] = [Math.floor(k / 2 / across), Math.floor(k / 2) % across];
    return k % 2 === 0 ? ((2 * column) / (across - 1) - 1) * WINDOW.x : (1 - (2 * row) / (down - 1)) * WINDOW.y;
  });
}

const finite = (x) => (Number.isFinite(x) ? x : null);

/** A run of the page's own net from its first weights on; `report` is what Python would send of it. */
export function startRun(examples, hidden, seed) {
  const { inputs, classes, countedX, countedY } = examples;
  let params = firstWeights(inputs, hidden, classes, seed);
  let { loss, grads } = descend(examples, params);
  const losses = [loss];

  function advance(steps, rate, until = Infinity) {
    for (let k = 0; k < steps && Number.isFinite(loss); k += 1) {
      params = Object.fromEntries(
        Object.entries(params).map(([name, values]) => [name, values.map((w, i) => w - rate * grads[name][i])]),
      );
      ({ loss, grads } = descend(examples, params));
      losses.push(loss);
      if (performance.now() > until) break;
    }
  }

  function report() {
    const last = losses.length - 1;
    let stride = 1;
    while (Math.floor(last / stride) >= POINTS_OF_CURVE) stride *= 2;
    const steps = Array.from({ length: Math.floor(last / stride) + 1 }, (_, k) => k * stride);
    if (steps.at(-1) !== last) steps.push(last);
    const { S } = forwardOf(countedX, inputs, params);
    const said = countedY.map((_, i) => {
      const scores = Array.from(S.subarray(i * classes, (i + 1) * classes));
      return scores.every(Number.isFinite) ? String(scores.indexOf(Math.max(...scores))) : "?";
    });
    const { H } = forwardOf(examples.X, inputs, params);
    const units = Array.from({ length: hidden }, (_, h) => h);
    const quiet = units.filter((h) => {
      for (let i = h; i < H.length; i += hidden) if (H[i] !== 0) return false;
      return true;
    });
    const onGrid = inputs === 2 ? forwardOf(gridPoints(), 2, params).S : [];
    const margins = Array.from({ length: onGrid.length / 2 }, (_, i) => onGrid[2 * i + 1] - onGrid[2 * i]);
    const row = (values) => Array.from(values, (w) => finite(Number(w.toFixed(4)) + 0));
    return {
      step: last,
      steps,
      losses: steps.map((k) => finite(losses[k])),
      diverged: !Number.isFinite(loss),
      right: said.filter((name, i) => name === String(countedY[i])).length,
      total: said.length,
      said: said.join(""),
      silent: quiet.length,
      margins: pack(margins),
      creases: inputs === 2 ? [row(params.W1.subarray(0, hidden)), row(params.W1.subarray(hidden)), row(params.b1)] : [],
      seconds: 0,
      problem: "",
    };
  }
  return { advance, report };
}
