// What training shows: the plane with its boundary, images with what is said of them, the loss step by step.
import { html, place, plot, svg } from "./kit.js";
import { GRID, WINDOW, unpack } from "./training_net.js";

const SIZES = { width: 398, height: 362, left: 34, right: 14, top: 30, bottom: 26 };
const MOST_UNITS = 32;
const SHADE = 0.42;
const TILES = { across: 10, down: 5, wide: 36, high: 61, image: 30 };

/** The pieces of the line where a function on the grid is 0: flat, x0 y0 x1 y1, in columns and rows of the grid. */
export function contour(values, { across, down } = GRID) {
  const pieces = [];
  const value = (row, column) => values[row * across + column];
  for (let row = 0; row + 1 < down; row += 1) {
    for (let column = 0; column + 1 < across; column += 1) {
      const corners = [
        [column, row, value(row, column)],
        [column + 1, row, value(row, column + 1)],
        [column + 1, row + 1, value(row + 1, column + 1)],
        [column, row + 1, value(row + 1, column)],
      ];
      const cuts = [];
      corners.forEach(([x0, y0, a], k) => {
        const [x1, y1, b] = corners[(k + 1) % 4];
        if (a > 0 !== b > 0) cuts.push([x0 + (a / (a - b)) * (x1 - x0), y0 + (a / (a - b)) * (y1 - y0)]);
      });
      if (cuts.length === 4) {
        const middle = corners.reduce((sum, [, , v]) => sum + v, 0) > 0;
        if (middle !== corners[0][2] > 0) cuts.push(cuts.shift()); // the middle joins the corners of its own sign
      }
      for (let k = 0; k + 1 < cuts.length; k += 2) pieces.push(...cuts[k], ...cuts[k + 1]);
    }
  }
  return pieces;
}

/** A ceiling of 1, 2 or 5 times a power of ten. */
export function ceiling(x) {
  const power10 = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].map((n) => n * power10).find((n) => n >= x);
}

/** Red, green, blue of a colour that the style sheet names, as it is in the present theme. */
function colourOf(node, name, context) {
  context.fillStyle = getComputedStyle(node).getPropertyValue(name).trim();
  return [1, 3, 5].map((k) => Number.parseInt(context.fillStyle.slice(k, k + 2), 16));
}

/** Points of two classes, the ground shaded by what the net says, the boundary, and where each unit bends. */
export function planePlot() {
  const p = plot(SIZES);
  const axes = { xlim: [-WINDOW.x, WINDOW.x], ylim: [-WINDOW.y, WINDOW.y], xticks: [-2, -1, 0, 1, 2], yticks: [-2, -1, 0, 1, 2] };
  const to = p.axes({ text: "", ...axes });
  const title = p.node.querySelector(".ag-title");
  const canvas = html("canvas", { width: GRID.across, height: GRID.down });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(GRID.across, GRID.down);
  const step = { x: (2 * WINDOW.x) / (GRID.across - 1), y: (2 * WINDOW.y) / (GRID.down - 1) };
  const left = to.x(-WINDOW.x - step.x / 2);
  const top = to.y(WINDOW.y + step.y / 2);
  const ground = svg("image", {
    x: left,
    y: top,
    width: to.x(WINDOW.x + step.x / 2) - left,
    height: to.y(-WINDOW.y - step.y / 2) - top,
    preserveAspectRatio: "none",
    class: "ag-answer",
  });
  const creases = Array.from({ length: MOST_UNITS }, () => svg("line", { class: "ag-crease ag-answer" }));
  const boundary = svg("path", { class: "ag-boundary ag-answer" });
  const dots = svg("g");
  p.layer.append(ground, ...creases, dots, boundary);
  let shown = {};

  function put({ X, y }) {
    const nodes = y.map((label, i) => {
      const [cx, cy] = [to.x(X[2 * i]), to.y(X[2 * i + 1])];
      if (label === 0) return svg("circle", { cx, cy, r: 4.2 });
      return svg("rect", { x: cx - 3.8, y: cy - 3.8, width: 7.6, height: 7.6 });
    });
    dots.replaceChildren(...nodes);
    return nodes;
  }

  function shade(margins, colours) {
    margins.forEach((m, k) => {
      const lean = Math.tanh(m / 2); // twice the probability of class 1, less 1
      pixels.data.set([...colours[lean > 0 ? 1 : 0], Math.round(255 * SHADE * Math.abs(lean))], 4 * k);
    });
    context.putImageData(pixels, 0, 0);
    place(ground, { href: canvas.toDataURL() });
  }

  function crease(line, [a, b, c]) {
    const length = Math.hypot(a, b);
    const far = 8; // beyond the window on both sides
    line.style.display = length > 1e-9 ? "" : "none";
    if (!(length > 1e-9)) return;
    const [x, y] = [(-a * c) / length ** 2, (-b * c) / length ** 2];
    const [dx, dy] = [(-b / length) * far, (a / length) * far];
    place(line, { x1: to.x(x - dx), y1: to.y(y - dy), x2: to.x(x + dx), y2: to.y(y + dy) });
  }

  return {
    node: p.node,
    draw({ examples, run, revealed, creases: wanted }) {
      if (examples !== shown.examples) shown = { examples, nodes: put(examples), said: "" };
      const colours = [colourOf(p.node, "--ag-blue", context), colourOf(p.node, "--ag-orange", context)];
      const drawn = [run, revealed, wanted, String(colours)];
      if (shown.drawn?.every((one, i) => one === drawn[i])) return;
      shown.drawn = drawn;
      const said = revealed ? run.said : "";
      shown.nodes.forEach((node, i) => {
        if (said[i] === shown.said[i] && shown.said) return;
        const wrong = said !== "" && said[i] !== String(examples.y[i]);
        node.setAttribute("class", `ag-dot ag-dot-${examples.y[i]}${wrong ? " ag-wrong" : ""}`);
      });
      shown.said = said;
      const has = revealed && run.margins !== "";
      for (const node of [ground, boundary]) node.style.display = has ? "" : "none";
      if (has) {
        const margins = unpack(run.margins);
        shade(margins, colours);
        let d = "";
        const pieces = contour(margins);
        for (let k = 0; k < pieces.length; k += 4) {
          const at = (i) => `${to.x(pieces[i] * step.x - WINDOW.x).toFixed(1)} ${to.y(WINDOW.y - pieces[i + 1] * step.y).toFixed(1)}`;
          d += `M${at(k)}L${at(k + 2)}`;
        }
        place(boundary, { d });
      }
      const units = wanted && has ? (run.creases[2]?.length ?? 0) : 0;
      creases.forEach((line, h) => {
        line.style.display = "none";
        if (h < units) crease(line, run.creases.map((row) => row[h] ?? 0));
      });
      title.textContent = has ? `${run.right} of ${run.total} points are right` : "200 points of two classes";
      const shape = "blue circles are class 0, orange squares class 1";
      const where = has ? `and where the net says which; ${run.right} of ${run.total} are right` : "the answer is hidden";
      p.node.setAttribute("aria-label", `200 points: ${shape}; ${where}`);
    },
  };
}

/** Fifty images that the net was not trained on, and what it says of each; those that are wrong have a frame. */
export function answers({ side, counted_pixels: pixels, counted_labels: labels }) {
  const count = Math.min(labels.length, TILES.across * TILES.down);
  const title = svg("text", { x: 4, y: 18, class: "ag-title" });
  const { width, height } = SIZES;
  const node = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "ag-plot", role: "img" }, title);
  const canvas = html("canvas", { width: side, height: side });
  const context = canvas.getContext("2d");
  const tiles = Array.from({ length: count }, (_, k) => {
    const sheet = context.createImageData(side, side);
    for (let i = 0; i < side ** 2; i += 1) {
      const grey = Math.round(255 * (1 - (pixels.charCodeAt(k * side ** 2 + i) - 97) / 16));
      sheet.data.set([grey, grey, grey, 255], 4 * i);
    }
    context.putImageData(sheet, 0, 0);
    const [x, y] = [6 + (k % TILES.across) * (TILES.wide + 2), 34 + Math.floor(k / TILES.across) * TILES.high];
    const picture = { x: x + 2, y: y + 2, width: TILES.image, height: TILES.image, class: "ag-tile" };
    const text = svg("text", { x: x + 17, y: y + 49, "text-anchor": "middle", class: "ag-said ag-answer" });
    const edge = svg("rect", { x, y, width: 34, height: 34, class: "ag-misread ag-answer" });
    node.append(svg("image", { ...picture, href: canvas.toDataURL() }), edge, text);
    return { text, edge };
  });
  const legend = svg("text", { x: 8, y: 354, class: "ag-said ag-answer" }, "framed: what it says \u2260 what it is");
  node.append(legend);
  return {
    node,
    draw({ run, revealed }) {
      const said = revealed && run.losses.length > 0 ? run.said : "";
      const wrong = [];
      tiles.forEach(({ text, edge }, k) => {
        const is = said !== "" && said[k] !== labels[k];
        if (is) wrong.push(`${said[k]} for ${labels[k]}`);
        edge.style.display = is ? "" : "none";
        text.textContent = is ? `${said[k]} \u2260 ${labels[k]}` : (said[k] ?? "");
        text.classList.toggle("ag-misread-text", is);
      });
      legend.style.display = wrong.length > 0 ? "" : "none";
      title.textContent = said ? `${run.right} of ${run.total} images are right` : "images that it is not trained on";
      const list = said ? `${count - wrong.length} are right. ${wrong.length > 0 ? `Misread: ${wrong.join(", ")}` : ""}` : "hidden";
      node.setAttribute("aria-label", `${count} images that the net is not trained on, and what it says of them: ${list}`);
    },
  };
}

/** In what a run differs from the present one, to be written beside its curve. */
export function unlike(former, now) {
  const [data, hidden, seed] = former.run.of;
  if (data !== now.run.of[0]) return `, ${data}`;
  if (hidden !== now.run.of[1]) return `, with ${hidden} unit${hidden > 1 ? "s" : ""}`;
  if (seed !== now.run.of[2]) return `, with seed ${seed}`;
  return former.rate === now.rate ? "" : `, at rate ${former.rate}`;
}

/** The loss, step by step, with the curve of the run before. */
export function lossPlot(classes) {
  const p = plot(SIZES);
  const guess = Math.log(classes);
  const title = p.node.querySelector(".ag-title");
  const known = svg("line", { class: "ag-limit" });
  const knows = svg("text", { class: "ag-number", "text-anchor": "end" }, `knows nothing: ln ${classes}`);
  const before = svg("path", { class: "ag-curve ag-before ag-answer" });
  const curve = svg("path", { class: "ag-curve ag-blue ag-answer" });
  const here = svg("circle", { r: 5.5, class: "ag-point ag-blue-fill ag-answer" });
  const label = svg("text", { class: "ag-number ag-before-text ag-answer" });
  const cover = svg("text", { x: 209, y: 190, "text-anchor": "middle", class: "ag-cover" });
  p.layer.append(known, before, curve);
  p.over.append(knows, label, here, cover);
  let last; // the run that was drawn last, and the rate at which it went
  let former; // the one before it
  let clean = false;
  let drawn = [];

  const most = (run) => Math.max(...run.losses.filter((loss) => loss !== null), 0);
  function line(to, top, { steps, losses }) {
    let [d, pen] = ["", "M"];
    steps.forEach((step, k) => {
      if (losses[k] !== null) d += `${pen}${to.x(step).toFixed(1)} ${to.y(Math.min(losses[k], 2 * top)).toFixed(1)}`;
      pen = losses[k] === null ? "M" : "L";
    });
    return d;
  }

  return {
    node: p.node,
    /** The next run from step 0 on has no run before it. */
    forget: () => (clean = true),
    draw({ run, revealed, rate, size }) {
      if (drawn[0] === run && drawn[1] === revealed) return;
      drawn = [run, revealed];
      if (clean && run.step === 0) [former, clean] = [undefined, false];
      else if (last?.run.step > 0 && (run.step < last.run.step || String(run.of) !== String(last.run.of))) former = last;
      last = { run, rate };
      const shown = former ? [run, former.run] : [run];
      const top = Math.max(1.2 * guess, Math.min(1.1 * Math.max(...shown.map(most)), 3 * guess));
      const end = ceiling(Math.max(50, ...shown.map(({ steps }) => steps.at(-1) ?? 0)));
      const unit = ceiling(top / 6);
      const yticks = Array.from({ length: Math.floor(top / unit + 1e-9) + 1 }, (_, k) => Number((k * unit).toPrecision(6)));
      const xticks = [0, 1, 2, 3, 4, 5].map((k) => (k * end) / 5);
      const to = p.axes({ text: "", xlim: [0, end], ylim: [0, top], xticks, yticks });
      place(known, { x1: to.x(0), x2: to.x(end), y1: to.y(guess), y2: to.y(guess) });
      place(knows, { x: SIZES.width - 18, y: to.y(guess) - 6 });
      place(curve, { d: revealed ? line(to, top, run) : "" });
      place(before, { d: revealed && former ? line(to, top, former.run) : "" });
      label.style.display = former ? "" : "none";
      if (former) {
        const k = former.run.losses.findLastIndex((loss) => loss !== null);
        const [x, loss] = [to.x(former.run.steps[k]), former.run.losses[k]];
        const right = x > 250;
        label.textContent = `before${unlike(former, last)}`;
        place(label, { x: x + (right ? -4 : 6), y: Math.max(46, to.y(Math.min(loss, top)) - 8), "text-anchor": right ? "end" : "start" });
      }
      const loss = run.losses.at(-1) ?? null;
      here.style.display = loss === null || loss > top ? "none" : "";
      if (loss !== null) place(here, { cx: to.x(run.step), cy: to.y(Math.min(loss, top)) });
      const seen = revealed && run.losses.length > 0;
      cover.style.display = seen ? "none" : "";
      cover.textContent = revealed ? "Nothing trained yet" : "Predict, then reveal";
      title.textContent = seen ? `loss ${loss === null ? "nan" : size(loss)} after ${run.step} steps` : "loss, step by step";
      p.node.setAttribute("aria-label", seen ? title.textContent : "The loss, step by step: hidden");
    },
  };
}
