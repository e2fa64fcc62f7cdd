// softmax_temperature: logits to drag, their exponentials and their shares as columns; a temperature, a shift, the
// maximum subtracted or not, in real float64. Maths first (node runs its tests), then the sentences, then the drawing.
import { drag, fixed, frame, place, plot, short, slider, svg, toggle } from "./kit.js";
import { ACROSS, brief, columns, sci, vector } from "./columns.js";

/** Limits of the state; the Python face holds the same numbers and a test compares them. */
export const LIMITS = {
  logits: { min: -20, max: 20 },
  temperature: { min: 1e-8, max: 1e8 },
  shift: { min: -1000, max: 1000 },
};

/** The largest x whose exp is a float64, and the smallest whose exp is not 0. */
export const OVERFLOW = 709.782712893384;
export const UNDERFLOW = -745.133219101941;

/** Everything the figure shows, as numbers. `state` holds logits, temperature, shift, max_trick. */
export function numbers({ logits, temperature, shift, max_trick }) {
  const scaled = logits.map((x) => (x + shift) / temperature);
  const top = Math.max(...scaled);
  const exponents = max_trick ? scaled.map((z) => z - top) : scaled;
  const exps = exponents.map(Math.exp);
  const sum = exps.reduce((a, b) => a + b, 0);
  const shares = exps.map((e) => e / sum);
  const entropy = shares.reduce((h, s) => (s === 0 ? h : h - s * Math.log(s)), 0);
  const best = Math.max(...logits);
  return { exponents, exps, sum, shares, entropy, ties: logits.filter((x) => x === best).length };
}

/** A temperature: 0.5, 2, 1e\u22128. */
export function degrees(T) {
  return T < 0.001 || T >= 1e4 ? sci(T) : short(T);
}

/** The same in words: the figure's text alternative, and what is said after each change. */
export function sentences(state) {
  const { logits, temperature, shift, revealed } = state;
  const moved = shift ? `, shifted by ${short(shift)} to ${vector(logits.map((x) => x + shift))}` : "";
  const scene = `Logits ${vector(logits)}${moved}, T = ${degrees(temperature)}`;
  if (!revealed) return [`${scene}. The probabilities are hidden until you predict.`];
  const { exponents, sum, shares, entropy, ties } = numbers(state);
  const nan = shares.some(Number.isNaN);
  const lines = [`${scene}: probabilities ${vector(shares, number)}.`];
  if (sum === Infinity) lines.push(overflow(Math.max(...exponents), nan));
  else if (nan) lines.push("Every exp rounds to 0 in a float64, and 0 / 0 is nan.");
  else lines.push(`Entropy ${number(entropy)}, at most ln ${logits.length} = ${fixed(Math.log(logits.length))}.`);
  if (nan || sum === Infinity) return lines;
  if (temperature === LIMITS.temperature.max) lines.push("T is as good as infinite: all share equally.");
  else if (ties > 1) lines.push(`${ties} logits tie for the largest, and share equally.`);
  else if (temperature === LIMITS.temperature.min) lines.push("T is as good as 0: the largest logit takes all.");
  return lines;
}

function number(x) {
  return Number.isNaN(x) ? "nan" : fixed(x);
}

function overflow(largest, nan) {
  if (Math.exp(largest) < Infinity) return "The sum of the exponentials is more than a float64 can hold: inf, and every share is 0.";
  const then = nan ? ", and inf / inf is nan" : "";
  return `exp(${short(largest)}) is more than a float64 can hold, 1.8e308: inf${then}.`;
}

const END = 41; // the last stop of the temperature's slider on either side: as good as 0, as good as infinite

/** The temperature at a stop of its slider, 20 to a factor of ten, and the stop nearest to a temperature. */
export const temperatureAt = (stop) =>
  Math.abs(stop) >= END ? LIMITS.temperature[stop < 0 ? "min" : "max"] : Number((10 ** (stop / 20)).toPrecision(3));
export const stopOf = (T) => Math.max(-END, Math.min(END, Math.round(20 * Math.log10(T))));

// The shift's stops lie close where little things happen (near 0) and where exp overflows (near 709.78).
const range = (from, to, step) => Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
const SHIFTS = [...range(0, 10, 0.5), ...range(15, 100, 5), ...range(150, 700, 50), ...range(701, 715, 1)];
SHIFTS.push(...range(750, 1000, 50));
export const LAST = SHIFTS.length - 1;
export const shiftAt = (stop) => Math.sign(stop) * SHIFTS[Math.abs(stop)] + 0;
export function shiftStop(c) {
  const nearest = SHIFTS.reduce((best, x, i) => (Math.abs(x - Math.abs(c)) < Math.abs(SHIFTS[best] - Math.abs(c)) ? i : best), 0);
  return Math.sign(c) * nearest + 0;
}

/** Where bars may be set, and what the first plot shows: shifted bars move at first, then the axis follows them. */
export function view(logits, scene, shift) {
  const low = Math.min(-2, ...scene.map((x) => x - 1), ...logits); // no room around what the hand moves: it would
  const high = Math.max(4, ...scene.map((x) => x + 2), ...logits); // grow with every step of the drag
  const reach = [Math.floor(low), Math.ceil(high)];
  const seen = Math.max(-1.5, Math.min(1.5, shift));
  return { reach, ylim: [reach[0] - 1.5 + shift - seen, reach[1] + 1.5 + shift - seen] };
}

function ticks([low, high]) {
  const step = high - low > 24 ? 10 : high - low > 12 ? 5 : 2;
  return range(Math.ceil(low / step) * step, high, step).filter((y) => y <= high);
}

/** Entropy over temperature, on a logarithmic scale, with the point to drag. */
function entropies(n) {
  const p = plot({ width: 360, height: 160, left: 42, right: 12, top: 32, bottom: 26 });
  const most = svg("line", { class: "ag-limit" });
  const curve = svg("path", { class: "ag-curve ag-purple ag-answer" });
  const now = svg("line", { class: "ag-limit" });
  const point = svg("circle", { r: 7, class: "ag-point ag-purple-fill ag-answer" });
  p.layer.append(most, now, curve);
  p.over.append(point);
  const high = Math.log(n);
  const to = p.axes({
    text: "entropy of s, over temperature T",
    xlim: [-2.1, 2.1],
    ylim: [-0.08 * high, 1.12 * high],
    xticks: [-2, -1, 0, 1, 2],
    yticks: [0, high],
    xshow: (x) => short(10 ** x),
    yshow: (y) => (y ? `ln ${n}` : "0"),
  });
  p.node.classList.add("ag-entropy");
  place(most, { x1: to.x(-2.1), x2: to.x(2.1), y1: to.y(high), y2: to.y(high) });
  place(now, { y1: to.y(-0.08 * high), y2: to.y(1.12 * high) });
  let drawn = "";
  return {
    node: p.node,
    at: (event) => temperatureAt(Math.max(-END, Math.min(END, Math.round(20 * to.unx(p.where(event).x))))),
    draw(state, { entropy, shares }) {
      const key = JSON.stringify([state.logits, state.max_trick || state.shift]);
      if (key !== drawn) {
        drawn = key;
        let pen = "M"; // lifted where the entropy is nan
        let path = "";
        for (let k = -84; k <= 84; k += 1) {
          const h = numbers({ ...state, temperature: 10 ** (k / 40) }).entropy;
          if (Number.isFinite(h)) path += `${pen}${to.x(k / 40).toFixed(1)} ${to.y(h).toFixed(1)}`;
          pen = Number.isFinite(h) ? "L" : "M";
        }
        place(curve, { d: path });
      }
      const x = to.x(Math.max(-2.05, Math.min(2.05, Math.log10(state.temperature))));
      place(now, { x1: x, x2: x });
      const broken = shares.some(Number.isNaN);
      point.style.display = broken ? "none" : "";
      if (!broken) place(point, { cx: x, cy: to.y(entropy) });
      const said = state.revealed ? `: ${number(entropy)}` : "";
      p.node.setAttribute("aria-label", `Entropy at temperature ${degrees(state.temperature)}${said}`);
    },
  };
}

function render({ model, el }) {
  const traits = [...Object.keys(LIMITS), "max_trick"];
  const fr = frame(model, el, { title: "Softmax with a temperature", traits });
  const n = fr.get("logits").length;
  const first = columns(fr, { n, symbol: "x", colour: "blue", name: "logits", label: "Logit" });
  const second = columns(fr, { n, symbol: "x", colour: "orange", answer: true });
  const third = columns(fr, { n, symbol: "s", colour: "purple", answer: true });
  const entropy = entropies(n);
  const edge = svg("line", { ...ACROSS, class: "ag-secant ag-orange" });
  const edgeNote = svg("text", { x: ACROSS.x2, y: 18, "text-anchor": "end", class: "ag-edge" }, "\u00b7\u00b7\u00b7 exp overflows");
  first.layer.append(edge);
  first.over.append(edgeNote);
  const cover = svg("text", { x: 156, y: 110, "text-anchor": "middle", class: "ag-cover" }, "Predict, then reveal");
  third.over.append(cover);

  fr.figure.classList.add("ag-beside");
  fr.figure.append(first.node, second.node, third.node, entropy.node, fr.controls);
  const scale = { min: -END, max: END, step: 1, to: stopOf, from: temperatureAt, show: degrees };
  slider(fr, "temperature", { label: "Temperature T", ...scale });
  slider(fr, "shift", { label: "Shift c", min: -LAST, max: LAST, step: 1, to: shiftStop, from: shiftAt });
  const trick = toggle(fr, "max_trick", { label: "Subtract the maximum before exp" });
  trick.hidden = fr.locked("max_trick"); // it would tell what the lesson asks for
  if (fr.locked("temperature")) entropy.node.style.display = "none"; // one idea at a time
  entropy.node.classList.add("ag-drag");
  drag(entropy.node, (event) => fr.set({ temperature: entropy.at(event) }));

  fr.draw(() => {
    const state = Object.fromEntries(["revealed", ...traits].map((name) => [name, fr.get(name)]));
    const { logits, shift, temperature: T, max_trick, revealed } = state;
    const shown = numbers(state);
    const { reach, ylim } = view(logits, fr.get("_scene").logits, shift);
    const to = first.draw({
      title: shift ? "logits x + c" : "logits x",
      values: logits,
      texts: logits.map((x) => short(x + shift)),
      shifted: shift,
      ylim,
      range: reach,
      yticks: ticks(ylim),
    });
    const near = !max_trick && OVERFLOW * T < ylim[1] && OVERFLOW * T > ylim[0];
    for (const node of [edge, edgeNote]) node.style.display = near ? "" : "none";
    place(edge, { y1: to.y(OVERFLOW * T), y2: to.y(OVERFLOW * T) });

    const inside = T === 1 ? (shift ? "x + c" : "x") : shift ? "(x + c) / T" : "x / T";
    const digits = n > 4 ? 1 : 2;
    const largest = Math.max(...shown.exps.filter(Number.isFinite), Number.MIN_VALUE);
    second.draw({
      title: max_trick ? `exp(${inside} \u2212 max)` : `exp(${inside})`,
      values: shown.exps.map((e) => e / largest),
      texts: shown.exps.map((e) => brief(e, digits)),
      ylim: [0, 1.15],
      yticks: [],
    });
    third.draw({
      title: revealed ? `divided by ${brief(shown.sum)}, their sum` : "divided by their sum",
      values: shown.shares,
      texts: shown.shares.map((s) => (Number.isNaN(s) ? "nan" : fixed(s, 3))),
      ylim: [0, 1.15],
      yticks: [0, 0.5, 1],
    });
    cover.style.display = revealed ? "none" : "";
    entropy.draw(state, shown);
    first.node.setAttribute("aria-label", `Logits ${vector(logits)}`);
    second.node.setAttribute("aria-label", `Exponentials ${revealed ? vector(shown.exps, brief) : "are hidden"}`);
    third.node.setAttribute("aria-label", `Probabilities ${revealed ? vector(shown.shares, number) : "are hidden"}`);
    fr.say(sentences(state));
  });
  return () => fr.close();
}

export default { render };
