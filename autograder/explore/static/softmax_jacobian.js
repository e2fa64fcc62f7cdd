// softmax_jacobian: the table diag(s) - s s^T as a heat map, an upstream vector to drag, and its product with the table
// beside the same in one pass, counted as n grows. Maths first, then the sentences, then the drawing.
import { fixed, frame, place, plot, short, slider, svg } from "./kit.js";
import { ACROSS, columns, sub, vector, write } from "./columns.js";

/** Limits of the state; the Python face holds the same numbers and a test compares them. */
export const LIMITS = { logits: { min: -20, max: 20 }, upstream: { min: -10, max: 10 }, n: { min: 2, max: 1e6 } };

/** Everything the figure shows, as numbers. `state` holds logits, upstream (may be empty) and n. */
export function numbers({ logits, upstream, n }) {
  const top = Math.max(...logits);
  const exps = logits.map((x) => Math.exp(x - top));
  const total = exps.reduce((a, b) => a + b, 0);
  const s = exps.map((e) => e / total);
  const jacobian = s.map((si, i) => s.map((sj, j) => (i === j ? si : 0) - si * sj));
  const rows = jacobian.map((row) => row.reduce((a, b) => a + b, 0));
  const mean = upstream.reduce((sum, dy, i) => sum + dy * s[i], 0);
  const product = upstream.map((_, j) => upstream.reduce((sum, dy, i) => sum + dy * jacobian[i][j], 0));
  const onePass = upstream.map((dy, i) => s[i] * (dy - mean));
  return { s, jacobian, rows, mean, product, onePass, ...cost(n) };
}

/**
 * Additions, subtractions and multiplications from s and dy to the gradient, for one row of n. The table: n^2 products,
 * n^2 differences, then n rows of n products and n - 1 sums. One pass: n products, n - 1 sums, n differences, n products.
 */
export function cost(n) {
  return { table: 4 * n * n - n, pass: 4 * n - 1 };
}

/** A whole number with commas: 3,999,000. */
export function whole(x) {
  return String(x).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Memory for so many float64: 800 B, 8 kB, 7.2 TB. */
export function memory(floats) {
  const bytes = 8 * floats;
  const power = Math.min(4, Math.floor((String(bytes).length - 1) / 3));
  return `${short(Number((bytes / 1000 ** power).toPrecision(3)))} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

/** The same in words: the figure's text alternative, and what is said after each change. */
export function sentences(state) {
  const { logits, upstream, n, revealed } = state;
  const { s, jacobian, mean, onePass, table, pass } = numbers(state);
  const scene = `Logits ${vector(logits)}: s = ${vector(s, fixed)}.`;
  if (!revealed) return [`${scene} The Jacobian is hidden until you predict.`];
  const least = Math.min(...jacobian.flat());
  const diagonal = vector(jacobian.map((row, i) => row[i]), fixed);
  const lines = [scene, `The Jacobian's diagonal is ${diagonal}, its least entry ${fixed(least)}. Each row adds up to 0.`];
  if (upstream.length === 0) return lines;
  const dy = `dy = ${vector(upstream)} averages to ${fixed(mean)} under s`;
  lines.push(`${dy}, so dx = s \u2299 (dy \u2212 average) = ${vector(onePass, fixed)}.`);
  lines.push(
    `For n = ${whole(n)} the table takes ${whole(table)} operations and ${memory(n * n)}, ` +
      `one pass ${whole(pass)} and ${memory(n)}: ${whole(n)} times less.`,
  );
  return lines;
}

/** The stops of n: 2, 5, 10, 20, 50, ..., a million. */
export const STOPS = [2];
for (let ten = 1; ten < 1e6; ten *= 10) STOPS.push(5 * ten, 10 * ten, ...(ten < 1e5 ? [20 * ten] : []));
export const stopOf = (n) =>
  STOPS.reduce((best, x, i) => (Math.abs(Math.log(x / n)) < Math.abs(Math.log(STOPS[best] / n)) ? i : best), 0);

/** The table, each cell with its number, and what each row adds up to. */
function table(n) {
  const [left, top, side, width, height] = [40, 46, 168, 280, 220];
  const cell = side / n;
  const size = `font-size:${n > 5 ? 9 : n > 4 ? 10.5 : 12}px`;
  const text = (x, y, kind, words = "") => svg("text", { x, y, "text-anchor": "middle", class: kind, style: size }, words);
  const middle = (k) => (k + 0.5) * cell;
  const grid = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => ({
      square: svg("rect", { x: left + j * cell + 1, y: top + i * cell + 1, width: cell - 2, height: cell - 2, rx: 3 }),
      number: text(left + middle(j), top + middle(i) + 4, "ag-entry ag-answer"),
    })),
  );
  const names = Array.from({ length: n }, (_, k) => [
    text(left + middle(k), top - 8, "ag-index", `x${sub(k)}`),
    text(left - 18, top + middle(k) + 4, "ag-index", `s${sub(k)}`),
  ]);
  const sums = Array.from({ length: n }, (_, i) => text(left + side + 32, top + middle(i) + 4, "ag-entry ag-answer"));
  const marks = svg("rect", { class: "ag-mark", rx: 5 });
  const cover = svg("text", { x: left + side / 2, y: top + side / 2, "text-anchor": "middle", class: "ag-cover" });
  cover.textContent = "Predict, then reveal";
  const cells = grid.flat();
  for (const { square } of cells) square.setAttribute("class", "ag-blue-fill ag-answer");
  const node = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "ag-plot ag-columns", role: "img" },
    svg("text", { x: left, y: 18, class: "ag-title" }, "J = diag(s) \u2212 s s\u1d40"),
    ...names.flat(),
    text(left + side + 32, top - 8, "ag-index", "row sum"),
    svg("rect", { x: left, y: top, width: side, height: side, class: "ag-frame" }),
    ...cells.flatMap(({ square, number }) => [square, number]),
    ...sums,
    marks,
    cover,
  );
  const entry = (x) => (n > 4 ? fixed(x, 3).replace("0.", ".") : fixed(x, 3)); // what fits the cell
  return {
    node,
    /** Frame the column of the logit that moves, or the row that an upstream number weighs; -1: none. */
    mark(row, column) {
      marks.style.display = row < 0 && column < 0 ? "none" : "";
      if (row >= 0) place(marks, { x: left - 1, y: top + row * cell, width: side + 2, height: cell });
      if (column >= 0) place(marks, { x: left + column * cell, y: top - 1, width: cell, height: side + 2 });
    },
    draw({ jacobian, rows }, revealed) {
      jacobian.forEach((row, i) => {
        row.forEach((value, j) => {
          const { square, number } = grid[i][j];
          square.classList.toggle("ag-orange-fill", value < 0);
          place(square, { "fill-opacity": (0.06 + 2 * Math.min(0.25, Math.abs(value))).toFixed(3) }); // none beyond 1/4
          write(number, entry(value));
        });
        write(sums[i], fixed(rows[i], 3));
      });
      cover.style.display = revealed ? "none" : "";
      const said = jacobian.map((row, i) => `row ${i}: ${vector(row, fixed)}, sum ${fixed(rows[i])}`).join("; ");
      node.setAttribute("aria-label", `The Jacobian${revealed ? `, ${said}` : " is hidden until you predict it"}`);
    },
  };
}

/** Operations against n on logarithmic axes: two lines, and what n you look at. */
function costs() {
  const p = plot({ width: 280, height: 220, left: 40, right: 12, top: 32, bottom: 26 });
  const lines = ["purple", "orange"].map((colour) => svg("line", { class: `ag-curve ag-${colour} ag-answer` }));
  lines[0].setAttribute("stroke-dasharray", "8 4");
  const now = svg("line", { class: "ag-limit" });
  const points = ["purple", "orange"].map((colour) => svg("circle", { r: 6, class: `ag-point ag-${colour}-fill ag-answer` }));
  const names = ["table", "one pass"].map((words) => svg("text", { class: "ag-number ag-answer" }, words));
  p.layer.append(now, ...lines);
  p.over.append(...points, ...names);
  const tens = (x) => (x < 4 ? String(10 ** x) : `10${String(x).replace(/\d/g, (d) => "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[d])}`);
  const to = p.axes({
    text: "operations, for n logits",
    xlim: [0, 6.2],
    ylim: [0, 13.5],
    xticks: [0, 2, 4, 6],
    yticks: [0, 4, 8, 12],
    xshow: tens,
    yshow: tens,
  });
  const count = (i, n) => Math.log10(i ? cost(n).pass : cost(n).table);
  lines.forEach((line, i) => {
    place(line, { x1: to.x(Math.log10(2)), x2: to.x(6), y1: to.y(count(i, 2)), y2: to.y(count(i, 1e6)) });
  });
  place(names[0], { x: to.x(2.8), y: to.y(8), "text-anchor": "end" });
  place(names[1], { x: to.x(4.4), y: to.y(3.1) });
  place(now, { y1: to.y(0), y2: to.y(13.5) });
  p.node.classList.add("ag-columns");
  return {
    node: p.node,
    draw(n, revealed) {
      const x = to.x(Math.log10(n));
      place(now, { x1: x, x2: x });
      points.forEach((point, i) => place(point, { cx: x, cy: to.y(count(i, n)) }));
      const said = revealed ? `table ${whole(cost(n).table)}, one pass ${whole(cost(n).pass)}` : "hidden";
      p.node.setAttribute("aria-label", `Operations for n = ${whole(n)}: ${said}`);
    },
  };
}

/** Limits for bars, in whole numbers: room around what the lesson showed first, and no less than what is shown now. */
export function room(values, scene, [least, most]) {
  const low = Math.min(least, ...scene.map((x) => x - 0.5), ...values);
  const high = Math.max(most, ...scene.map((x) => x + 0.5), ...values);
  return [Math.floor(low), Math.ceil(high)];
}

function render({ model, el }) {
  const traits = Object.keys(LIMITS);
  const fr = frame(model, el, { title: "The Jacobian of softmax", traits });
  const size = fr.get("logits").length;
  const heat = table(size);
  const logits = columns(fr, {
    ...{ n: size, symbol: "x", colour: "blue", name: "logits", label: "Logit" },
    point: (j) => heat.mark(-1, j),
  });
  const shares = columns(fr, { n: size, symbol: "s", colour: "purple" });
  fr.figure.append(logits.node, shares.node, heat.node);
  const spoken = fr.get("upstream").length > 0; // a lesson that does not speak of an upstream vector has none
  const upstream = columns(fr, {
    ...{ n: size, symbol: "dy", colour: "blue", name: "upstream", label: "Upstream dy" },
    point: (i) => heat.mark(i, -1),
  });
  const product = columns(fr, { n: size, symbol: "dx", colour: "orange", answer: true });
  const counted = costs();
  const level = svg("line", { ...ACROSS, class: "ag-tangent ag-purple ag-answer" });
  const levelNote = svg("text", { x: ACROSS.x2, y: 18, "text-anchor": "end", class: "ag-level ag-answer" });
  upstream.layer.append(level);
  const byTable = Array.from({ length: size }, () => svg("line", { class: "ag-tangent ag-purple ag-answer" }));
  product.over.append(...byTable);
  upstream.over.append(levelNote);
  if (spoken) {
    fr.figure.append(upstream.node, product.node, counted.node);
    const scale = { min: 0, max: STOPS.length - 1, step: 1, from: (stop) => STOPS[stop], to: stopOf, show: whole };
    slider(fr, "n", { label: "Number of logits n", answer: true, ...scale });
  }

  heat.mark(-1, -1);
  fr.draw(() => {
    const state = Object.fromEntries(["revealed", ...traits].map((name) => [name, fr.get(name)]));
    const shown = numbers(state);
    const scene = fr.get("_scene");
    const lim = room(state.logits, scene.logits, [-2, 6]);
    const even = (low, high) => (high - low > 10 ? [low, 0, high] : [-4, -2, 0, 2, 4, 6].filter((y) => y >= low && y <= high));
    logits.draw({
      title: "logits x",
      values: state.logits,
      texts: state.logits.map(short),
      ylim: [lim[0] - 0.8, lim[1] + 1.2],
      range: lim,
      yticks: even(...lim),
    });
    shares.draw({
      title: "s = softmax(x)",
      values: shown.s,
      texts: shown.s.map((s) => fixed(s, 3)),
      ylim: [0, 1.15],
      yticks: [0, 0.5, 1],
    });
    heat.draw(shown, state.revealed);
    logits.node.setAttribute("aria-label", `Logits ${vector(state.logits)}`);
    shares.node.setAttribute("aria-label", `Probabilities ${vector(shown.s, fixed)}`);
    if (spoken) multiply(state, shown, scene);
    fr.say(sentences(state));
  });
  return () => fr.close();

  function multiply(state, shown, scene) {
    const lim = room(state.upstream, scene.upstream, [-1, 1]);
    const to = upstream.draw({
      title: "upstream dy",
      values: state.upstream,
      texts: state.upstream.map(short),
      ylim: [lim[0] - 0.4, lim[1] + 0.5],
      range: lim,
      yticks: [lim[0], 0, lim[1]],
    });
    place(level, { y1: to.y(shown.mean), y2: to.y(shown.mean) });
    levelNote.textContent = `- - s\u1d40dy = ${fixed(shown.mean, 3)}`;
    const high = Math.max(0.25, ...shown.onePass.map((dx) => 1.2 * Math.abs(dx)));
    const top = Math.ceil(high * 4) / 4;
    const on = product.draw({
      title: "dx = s \u2299 (dy \u2212 s\u1d40dy)",
      values: shown.onePass,
      texts: shown.onePass.map((dx) => fixed(dx, 3)),
      ylim: [-1.2 * top, 1.2 * top],
      yticks: [-top, 0, top],
    });
    byTable.forEach((mark, i) => {
      const [x, y] = [product.middle(i), on.y(shown.product[i])];
      place(mark, { x1: x - product.width / 2 - 8, x2: x + product.width / 2 + 8, y1: y, y2: y });
    });
    counted.draw(state.n, state.revealed);
    const dx = state.revealed ? vector(shown.onePass, fixed) : "is hidden until you predict it";
    upstream.node.setAttribute("aria-label", `Upstream vector ${vector(state.upstream)}`);
    product.node.setAttribute("aria-label", `Gradient dx ${dx}`);
  }
}

export default { render };
