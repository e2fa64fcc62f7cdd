// The formulas under a convolution's figure, their numbers filled in live. Built once; then only texts change.
import { html, short } from "./kit.js";

function words(kind = "") {
  return html("span", kind ? { class: `ag-${kind}-text` } : {});
}

/** One line, o = floor(above / below) + 1, first in letters and then in numbers. */
function floored(label) {
  const fraction = (kind) => {
    const above = html("span");
    const below = html("span");
    return { above, below, node: html("span", { class: `ag-fraction${kind}` }, above, below) };
  };
  const letters = fraction(" ag-letters");
  const numbers = fraction("");
  const value = words();
  const result = words("orange");
  const rest = html("span", { class: "ag-rest" });
  const symbol = html("span", { class: "ag-orange-text ag-letters" }, "o");
  const brackets = (inside) => html("span", { class: "ag-floor" }, inside);
  const one = () => html("span", {}, "\u2009+\u20091");
  const equal = () => html("span", { class: "ag-equal" }, "=");
  const parts = [symbol, equal(), brackets(letters.node), one(), equal(), brackets(numbers.node), one(), equal()];
  const node = html(
    "div",
    { class: "ag-formula", role: "math" },
    html("span", { class: "ag-label" }, label),
    ...parts,
    brackets(value),
    one(),
    equal(),
    result,
    rest,
  );
  return {
    node,
    draw(axis, state, { filled, silent }) {
      const { above, below, value: quotient } = filled(axis, state);
      const span = silent(state, "d") ? "k" : "k\u2032";
      letters.above.textContent = `i ${silent(state, "p") ? "" : "+ 2p "}\u2212 ${span}`;
      letters.below.textContent = "s";
      numbers.above.textContent = above;
      numbers.below.textContent = below;
      value.textContent = quotient;
      result.textContent = axis.o ? String(axis.o) : `${short(Math.floor(axis.room / state.s) + 1)}, but it does not fit`;
      rest.textContent = axis.o ? `left over ${axis.room} mod ${state.s} = ${axis.left}` : "";
      node.classList.toggle("ag-wrong", !axis.o);
      node.setAttribute("aria-label", `${label} o = floor((${above}) / ${below}) + 1 = ${result.textContent} ${rest.textContent}`);
    },
  };
}

/** A line of one sum. */
function plain(label) {
  const letters = html("span", { class: "ag-letters" });
  const value = html("span");
  const node = html("div", { class: "ag-formula" }, html("span", { class: "ag-label" }, label), letters, value);
  return { node, letters, value };
}

/** All lines: the kernel's span, one or two axes, and what a whole layer has to learn. */
export function formulas(isRow) {
  const span = plain(isRow ? "span" : "kernel");
  const axes = isRow ? [floored("places")] : [floored("rows"), floored("columns")];
  const learnt = plain("parameters");
  const node = html("div", { class: "ag-formulas ag-answer" }, span.node, ...axes.map((line) => line.node));
  if (!isRow) node.append(learnt.node);
  return {
    node,
    draw(state, shown, tools) {
      const { k, d, channels, n_kernels: n, bias } = state;
      span.node.hidden = tools.silent(state, "d");
      span.letters.textContent = "k\u2032 = k + (k \u2212 1)(d \u2212 1)";
      span.value.textContent = `= ${k} + ${k - 1}\u00b7${d - 1} = ${shown.columns.span}`;
      const both = isRow ? [shown.columns] : [shown.rows, shown.columns];
      axes.forEach((line, at) => line.draw(both[at], state, tools));
      const each = `${channels}\u00b7${k}\u00b7${k}`;
      learnt.letters.textContent = `kernels \u00b7 ${bias ? "(C\u00b7k\u00b7k + 1)" : "C\u00b7k\u00b7k"}`;
      learnt.value.textContent = `= ${n} \u00b7 ${bias ? `(${each} + 1)` : each} = ${shown.parameters}`;
    },
  };
}
