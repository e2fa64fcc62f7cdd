// gradient_check: the error of a numerical gradient against its step h, and the digits that are left of a difference.
// Python calls the student's functions and sends a curve; here its numbers, the sentences, the drawing.
import { drag, frame, html, place, plot, short, slider, svg, toggle } from "./kit.js";

/** Limits of the state, and what counts as agreement; the Python face holds the same numbers. */
export const LIMITS = { h: { min: 1e-15, max: 1 }, at: { min: -3, max: 3, step: 0.1 } };
export const AGREES = 1e-6;
const SLOW = 0.5; // seconds
const STOPS = Array.from({ length: 31 }, (_, i) => i - 30); // half powers of ten
const ROUNDING = 2 ** -53;

/** The stop of a step, 0 for 1e-15 to 30 for 1, and the step there. */
export const stopOf = (h) => Math.max(0, Math.min(30, Math.round(2 * Math.log10(h)) + 30));
export const stepAt = (stop) => Number((10 ** ((stop - 30) / 2)).toPrecision(15));

/** A number with two digits: 0.45, 3.2e\u22125; 0 and nan as they are. */
export function sci(x) {
  if (x === null || Number.isNaN(x)) return "nan";
  if (x === 0 || (x >= 0.01 && x < 99)) return String(Number(x.toPrecision(2)));
  const [digits, exponent] = x.toExponential(1).split("e");
  return `${digits.replace(".0", "")}e${Number(exponent)}`.replace("-", "\u2212");
}

/** To how many digits, of 16, two numbers agree: 100.02 and 99.98 do to three. */
export function shared(a, b) {
  if (a === b) return 16;
  const apart = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
  return Math.max(0, Math.min(16, Math.floor(-Math.log10(apart))));
}

/** Everything the figure shows at a step, as numbers. `state` holds h, at and the curve. */
export function numbers({ h, curve }) {
  const stop = stopOf(h);
  const [above, below] = [curve.above[stop] ?? null, curve.below[stop] ?? null];
  const whole = above !== null && below !== null && curve.slope !== null;
  const measured = whole ? (above - below) / (2 * stepAt(stop)) : null;
  const errors = curve.central.map((error) => error ?? Infinity);
  const least = Math.min(...errors);
  return {
    stop,
    step: stepAt(stop),
    central: curve.central[stop] ?? null,
    oneSided: curve.one_sided[stop] ?? null,
    above,
    below,
    measured,
    common: whole ? shared(above, below) : null,
    right: whole ? shared(measured, curve.slope) : null,
    least,
    best: stepAt(errors.indexOf(least)),
  };
}

/** The same in words: the figure's text alternative, and what is said after each change. */
export function sentences(state) {
  const { curve } = state;
  if (curve.problem) return [curve.problem];
  const shown = numbers(state);
  const at = curve.entries === 1 ? `x = ${short(state.at)}, ` : "";
  const scene = `${at}h = ${sci(shown.step)}`;
  if (!state.revealed) return [`${scene}. The errors are hidden until you predict.`];
  const pair = `off by ${sci(shown.central)}, the one-sided one by ${sci(shown.oneSided)}`;
  const lines = [`${scene}: the central difference is ${pair}.`];
  if (shown.common !== null) {
    const right = `of their slope ${shown.right} are right`;
    lines.push(`f(x + h) and f(x \u2212 h) agree to ${shown.common} of 16 digits; ${right}.`);
  }
  if (shown.least < AGREES) {
    lines.push(`The smallest error of all steps is ${sci(shown.least)}, at h = ${sci(shown.best)}.`);
  } else lines.push("No step brings the error below 1e\u22126: the gradient and f do not agree.");
  if (curve.seconds > SLOW) lines.push(`Python took ${curve.seconds.toFixed(1)} s for this curve.`);
  return lines;
}

const Y = [-16.5, 1.5];
const raised = (n) => String(n).replace("-", "\u207b").replace(/\d/g, (digit) => "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit]);
const tick = (n) => (n === 0 ? "1" : `10${raised(n)}`);

/** The error over the step, both on logarithmic scales, with the step to drag. */
function errors(name) {
  const p = plot({ width: 420, height: 290, left: 46, right: 12, top: 48, bottom: 28 });
  const axes = { xlim: [-15.3, 0.3], ylim: Y, xticks: [-15, -12, -9, -6, -3, 0], yticks: [-16, -12, -8, -4, 0] };
  const to = p.axes({ text: "error against the step h", ...axes, xshow: tick, yshow: tick });
  const y = (error) => to.y(error > 0 ? Math.max(Y[0] + 0.2, Math.min(Y[1] - 0.1, Math.log10(error))) : Y[0] + 0.2);
  const step = svg("line", { y1: 48, y2: 262, class: "ag-step" });
  const lines = { one_sided: "ag-orange ag-secant", central: "ag-blue" };
  const drawn = Object.entries(lines).map(([key, look]) => {
    const marks = STOPS.map(() =>
      key === "central"
        ? svg("circle", { r: 3, class: "ag-blue-fill ag-answer" })
        : svg("rect", { width: 6, height: 6, class: "ag-orange-fill ag-answer" }),
    );
    return { key, marks, curve: svg("path", { class: `ag-curve ${look} ag-answer` }) };
  });
  const guides = ["formula: h\u00b2", "float64: 1/h"].map((text) => ({
    line: svg("line", { class: "ag-limit ag-answer" }),
    text: svg("text", { class: "ag-number ag-answer" }, text),
  }));
  const here = svg("circle", { r: 7, class: "ag-point ag-blue-fill ag-answer" });
  const legend = svg("text", { x: 46, y: 38, class: "ag-note ag-answer" });
  legend.append(
    svg("tspan", { fill: "var(--ag-blue)" }, "\u25cf "),
    `${name === "yours" ? "yours" : "central difference"}   `,
    svg("tspan", { fill: "var(--ag-orange)", dx: 8 }, "\u25a0 "),
    "one-sided",
  );
  const cover = svg("text", { x: 227, y: 160, "text-anchor": "middle", class: "ag-cover" }, "Predict, then reveal");
  p.layer.append(step, ...guides.map(({ line }) => line), ...drawn.flatMap(({ curve, marks }) => [curve, ...marks]));
  p.over.append(legend, ...guides.map(({ text }) => text), here, cover);
  let shownCurve;

  function redraw(curve) {
    for (const { key, marks, curve: path } of drawn) {
      let [d, pen] = ["", "M"];
      STOPS.forEach((stop, i) => {
        const error = curve[key][i] ?? null;
        marks[i].style.display = error === null ? "none" : "";
        if (error !== null) {
          const [px, py] = [to.x(stop / 2), y(error)];
          place(marks[i], key === "central" ? { cx: px, cy: py } : { x: px - 3, y: py - 3 });
          d += `${pen}${px.toFixed(1)} ${py.toFixed(1)}`;
        }
        pen = error === null ? "M" : "L";
      });
      place(path, { d });
    }
  }

  function guide(curve, show) {
    const rounding = (ROUNDING * Math.abs(curve.value ?? 0)) / curve.largest;
    const formula = (curve.central[26] ?? 0) / 1e-4; // from the error at h = 0.01
    const lines = [
      { at: (h) => formula * h ** 2, seen: formula > 1e4 * rounding, label: -3.4 },
      { at: (h) => rounding / h, seen: rounding > 0, label: -13.2 },
    ];
    guides.forEach(({ line, text }, i) => {
      const { at, seen, label } = lines[i];
      for (const node of [line, text]) node.style.display = show && seen ? "" : "none";
      if (!show || !seen) return;
      const exact = (t) => to.y(Math.log10(at(10 ** t))); // the plot clips it
      place(line, { x1: to.x(-15.3), x2: to.x(0.3), y1: exact(-15.3), y2: exact(0.3) });
      place(text, { x: to.x(label) + 4, y: exact(label) + (i ? -10 : 26) });
    });
  }

  return {
    node: p.node,
    at: (event) => stepAt(Math.max(0, Math.min(30, Math.round(2 * to.unx(p.where(event).x)) + 30))),
    draw(state, shown) {
      const { curve } = state;
      if (curve !== shownCurve) redraw((shownCurve = curve));
      guide(curve, state.guides && !curve.problem);
      const x = to.x((shown.stop - 30) / 2);
      place(step, { x1: x, x2: x });
      here.style.display = shown.central === null ? "none" : "";
      if (shown.central !== null) place(here, { cx: x, cy: y(shown.central) });
      cover.style.display = state.revealed && !curve.problem ? "none" : "";
      cover.textContent = curve.problem ? "Nothing measured yet" : "Predict, then reveal";
      const said = state.revealed && !curve.problem ? `, ${sci(shown.central)} at h = ${sci(shown.step)}` : ", hidden";
      p.node.setAttribute("aria-label", `Error of the numerical gradient against the step${said}`);
    },
  };
}

/** Split a number's 16 digits after the first n: [head, tail], as they are read. */
export function split(x, n) {
  const size = Math.abs(x);
  const text = (size !== 0 && (size < 1e-3 || size >= 1e6) ? x.toExponential(15) : x.toPrecision(16)).replace("-", "\u2212");
  let [digits, i] = [0, 0];
  let begun = false;
  for (; i < text.length && digits < n && text[i] !== "e"; i += 1) {
    begun ||= /[1-9]/.test(text[i]);
    if (begun && /\d/.test(text[i])) digits += 1;
  }
  return n === 0 ? ["", text] : [text.slice(0, i), text.slice(i)];
}

/** f(x + h) and f(x - h) with all their digits, and the slope they give beside the gradient. */
function digits() {
  const rows = ["f(x + h)", "f(x \u2212 h)", "slope", "gradient"].map((name) => ({
    name: html("dt", {}, name),
    head: html("span"),
    tail: html("span"),
  }));
  const node = html("dl", { class: "ag-digits ag-answer" });
  for (const { name, head, tail } of rows) node.append(name, html("dd", {}, head, tail));
  const looks = ["ag-same", "ag-differ"];
  return {
    node,
    draw({ curve }, { above, below, measured, common, right }) {
      node.hidden = common === null;
      if (common === null) return;
      const shown = [
        [above, common, looks],
        [below, common, looks],
        [measured, right, ["ag-right", "ag-differ"]],
        [curve.slope, 16, ["ag-right", ""]],
      ];
      shown.forEach(([number, n, [first, second]], i) => {
        const [head, tail] = split(number, n);
        rows[i].head.textContent = head;
        rows[i].tail.textContent = tail;
        rows[i].head.className = first;
        rows[i].tail.className = second;
      });
    },
  };
}

const TRAITS = ["h", "at", "guides", "_curve", "_name"];
const PATIENCE = { slow: 300, gone: 8000, silent: 1500 }; // milliseconds

function render({ model, el }) {
  const fr = frame(model, el, { title: "Error of a numerical gradient", traits: TRAITS });
  const plotted = errors(fr.get("_name"));
  const table = digits();
  slider(fr, "h", { label: "Step h", min: 0, max: 30, step: 1, to: stopOf, from: stepAt, show: sci });
  const single = fr.get("_curve").entries === 1;
  const point = single ? slider(fr, "at", { label: "Point x", ...LIMITS.at }).querySelector("input") : null;
  toggle(fr, "guides", { label: "Show the two errors that fight", answer: true });
  const note = html("p", { class: "ag-kernel", hidden: "" });
  fr.figure.append(plotted.node, html("div", { class: "ag-side" }, table.node, fr.controls, note));
  if (!fr.locked("h")) {
    plotted.node.classList.add("ag-drag");
    drag(plotted.node, (event) => fr.set({ h: plotted.at(event) }));
  }

  // Only Python can move x. It is asked whether it is there; until it answers the slider rests.
  let alive = false;
  let waiting = [];
  const tell = (text) => {
    note.textContent = text;
    note.hidden = !text;
  };
  const later = (milliseconds, text) => waiting.push(setTimeout(() => tell(text), milliseconds));
  const heard = (content) => {
    if (content !== "here") return;
    alive = true;
    point.disabled = false;
    calm();
  };
  function calm() {
    waiting.forEach(clearTimeout);
    waiting = [];
    tell("");
  }
  const asking = point && !fr.locked("at");
  if (point) point.disabled = true;
  if (asking) {
    model.on("msg:custom", heard);
    later(PATIENCE.silent, "Moving x needs Python. Without it the curve is the one measured when the cell ran.");
    model.send?.("anyone?");
  }

  fr.draw(() => {
    const state = Object.fromEntries(["revealed", "h", "at", "guides"].map((name) => [name, fr.get(name)]));
    state.curve = fr.get("_curve");
    const stale = single && state.curve.at !== state.at;
    plotted.node.classList.toggle("ag-waiting", stale);
    table.node.classList.toggle("ag-waiting", stale);
    if (stale && alive && waiting.length === 0) {
      const last = state.curve.seconds > SLOW ? ` The last curve took ${state.curve.seconds.toFixed(1)} s.` : "";
      later(PATIENCE.slow, `Python is measuring.${last}`);
      later(PATIENCE.gone, "No answer from Python yet. It is busy with another cell, or its kernel has stopped.");
    } else if (!stale && alive) calm();
    const shown = numbers(state);
    plotted.draw(state, shown);
    table.draw(state, shown);
    if (!stale) fr.say(sentences(state)); // never the old error beside the new x
  });
  return () => {
    calm();
    if (asking) model.off("msg:custom", heard);
    fr.close();
  };
}

export default { render };
