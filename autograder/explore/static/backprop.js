// backprop: the net of two layers as a graph; a pointer steps forward and backward, one operation at a time.
// The maths and the words are in backprop_net.js, formulas in backprop_formulas.js, the picture in backprop_graph.js; here
// are the card, the listing of steps and the controls.
import { frame, html, place, slider } from "./kit.js";
import { FORWARD, LIMITS, PARAMETERS, STEPS, arrays, at, entries, entryName, lastSeen, nameOf, sentences, where, worked } from "./backprop_net.js";
import { FORMULAS, typeset } from "./backprop_formulas.js";
import { graph } from "./backprop_graph.js";

/** The ten steps as a listing: four on the way there, six on the way back, each a radio button. */
function listing(fr, formulas, form, go) {
  const name = `bp-${Math.random().toString(36).slice(2)}`;
  const items = formulas.map(([vector], i) => {
    const step = i + 1;
    const way = step <= FORWARD ? "forward" : "backward";
    const input = html("input", { type: "radio", name, value: step });
    input.setAttribute("aria-label", `${where(step)}: ${STEPS[i].map((key) => nameOf(form, key)).join(", ")}`);
    input.addEventListener("change", () => go(step));
    const parts = vector.replace(/\[([^|[\]]*)\|\w \w\]/g, "$1").split(",\u2002 ");
    const sides = parts.map((part) => {
      const [left, right] = part.split(" = ");
      const hidden = html("span", { class: "bp-right" }, " = ", ...typeset(right));
      return html("span", { class: "bp-line" }, ...typeset(left), hidden);
    });
    const number = html("span", { class: "bp-count" }, String(step <= FORWARD ? step : step - FORWARD));
    const label = html("label", { class: `bp-step bp-${way}`, "data-step": step }, input, number, html("span", {}, ...sides));
    return { input, label };
  });
  const group = html("fieldset", { class: "bp-listing" }, html("legend", {}, "Step"), ...items.map(({ label }) => label));
  group.disabled = fr.locked("step");
  return { group, items };
}

function render({ model, el }) {
  const traits = ["form", "step", "entry", "y", ...PARAMETERS];
  const fr = frame(model, el, { title: "Backpropagation through a net of two layers", traits });
  const read = () => ({ ...Object.fromEntries(["revealed", ...traits].map((name) => [name, fr.get(name)])), scene: fr.get("_scene") });
  const first = read();
  const form = first.form;
  const formulas = FORMULAS[form];
  const last = () => (fr.get("revealed") ? STEPS.length : fr.get("_scene").step);
  const go = (step) => fr.set({ step: Math.max(1, Math.min(last(), step)), entry: 0 });

  function change({ key, index }, value) {
    const changed = structuredClone(fr.get(key));
    const inner = at([changed], [0, ...index.slice(0, -1)]);
    inner[index.at(-1)] = Math.max(-LIMITS.value, Math.min(LIMITS.value, Number(value.toFixed(10)) + 0));
    fr.set({ [key]: changed });
  }
  function pick({ key, index }) {
    const { step } = read();
    const found = entries(all, step).findIndex((e) => e.key.replace("\u2202", "") === key && String(e.index) === String(index));
    if (found >= 0 && !fr.locked("entry") && found !== fr.get("entry")) fr.set({ entry: found });
  }

  let all = arrays(first);
  const picture = graph(fr, first, all, { pick, change });
  const scroller = html("div", { class: "bp-scroll" }, picture.node);
  const tag = html("span", { class: "bp-tag" });
  const why = html("span");
  const vector = html("div", { class: "bp-formula" });
  const scalar = html("div", { class: "bp-formula bp-scalar" });
  const card = html("div", { class: "bp-card" }, html("p", {}, tag, " ", why), html("div", { class: "bp-pair" }, vector, scalar));
  fr.figure.classList.add("bp-figure");
  const root = fr.figure.parentElement;
  root.classList.add("bp-root");
  const legend = [["bp-key bp-blue", "value"], ["bp-key bp-orange", "gradient of L"], ["bp-key bp-right-class", "right class"]];
  const keys = legend.map(([look, text]) => html("span", {}, html("span", { class: look }), text));
  fr.figure.append(scroller, html("p", { class: "bp-legend" }, ...keys, "Drag a rounded number up or down, or choose it and press \u2191 \u2193."), card);

  const steps = listing(fr, formulas, form, go);
  const button = (text, by) => {
    const made = html("button", { type: "button", class: "ag-button" }, text);
    made.addEventListener("click", () => go(fr.get("step") + by));
    made.disabled = fr.locked("step");
    return made;
  };
  const [backward, onward] = [button("\u25c0 Back", -1), button("Next \u25b6", 1)];
  const row = html("div", { class: "bp-buttons" }, backward, onward);
  fr.controls.append(row);
  const chosen = slider(fr, "entry", { label: "Entry", min: 0, max: 99, step: 1, show: (i) => (all ? named(i) : "") });
  row.append(chosen);
  fr.controls.append(steps.group);
  const range = chosen.querySelector("input");
  function named(i) {
    const listed = entries(all, fr.get("step"));
    return entryName(form, listed[Math.min(i, listed.length - 1)]);
  }
  steps.group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault(); // native radio buttons would go round from the last to the first
    go(fr.get("step") + by);
    steps.items[fr.get("step") - 1].input.focus();
  });

  const n = form === "batch" ? first.x.length : 1;
  const sizes = { N: n, d: at([first.x], [0]).flat().length / n, h: first.b1.length, m: first.b2.length, 1: 1 };
  /** On a narrow screen the picture scrolls to where the step works. Sizes are read when the layout is made anyway. */
  function follow(key) {
    const { scrollWidth, clientWidth } = scroller;
    if (scrollWidth > clientWidth) scroller.scrollLeft = picture.whereabouts(key) * scrollWidth - clientWidth / 2;
  }
  let shown = "";
  fr.draw(() => {
    const state = read();
    all = arrays(state);
    const { step } = state;
    const listed = entries(all, step);
    const entry = listed[Math.min(state.entry, listed.length - 1)];
    const seen = lastSeen(state);
    picture.draw(state, all, entry, worked(state, all, entry).uses);
    place(range, { max: listed.length - 1 });
    chosen.style.visibility = listed.length > 1 ? "" : "hidden";
    const key = `${step} ${seen} ${entry.key}`;
    if (key !== shown) {
      shown = key;
      requestAnimationFrame(() => follow(entry.key));
      const [whole, scalars, said] = formulas[step - 1];
      const one = scalars.split(" ; ")[STEPS[step - 1].indexOf(entry.key)];
      const open = seen >= step;
      root.dataset.way = step <= FORWARD ? "forward" : "backward";
      tag.textContent = where(step);
      why.textContent = open ? said : "Predict, then reveal.";
      vector.replaceChildren(...(open ? typeset(whole, (a, b) => `${sizes[a]}\u00d7${sizes[b]}`) : []));
      scalar.replaceChildren(...(open ? typeset(one) : []));
      steps.items.forEach(({ input, label }, i) => {
        input.checked = i + 1 === step;
        input.disabled = i + 1 > last();
        label.dataset.look = i + 1 === step ? "now" : i + 1 < step ? "past" : "";
        label.dataset.open = i + 1 <= seen;
      });
      backward.disabled = fr.locked("step") || step <= 1;
      onward.disabled = fr.locked("step") || step >= last();
    }
    fr.say(sentences(state));
  });
  return () => fr.close();
}

export default { render };
