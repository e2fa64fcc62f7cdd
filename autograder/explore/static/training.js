// training: a two-layer net learns, step by step. Python trains the student's functions, a few steps for each message;
// where none answers the page trains a net of its own, training_net.js. Here the sentences, the clock, the whole.
import { choice, fixed, frame, html, short, slider, toggle } from "./kit.js";
import { answers, lossPlot, planePlot } from "./training_draw.js";
import { imagesOf, planeOf, startRun } from "./training_net.js";

/** Limits of the state; the Python face holds the same numbers and a test compares them. */
export const LIMITS = {
  rate: { min: 1e-3, max: 100 },
  hidden: { min: 1, max: 32, step: 1 },
  seed: { min: 0, max: 99, step: 1 },
};
export const PLANES = { moons: "Two moons", rings: "Two rings", spirals: "Two spirals" };
const [SLOW, RISEN] = [0.3, 1.5];

/** The rates that the slider stops at: 1, 2 and 5 times powers of ten. */
export const RATES = [-3, -2, -1, 0, 1].flatMap((n) => [1, 2, 5].map((k) => Number(`${k}e${n}`))).concat(100);
export function rateStop(rate) {
  const off = RATES.map((stop) => Math.abs(Math.log(rate / stop)));
  return off.indexOf(Math.min(...off));
}

/** A loss: 0.2130, 12.5000, and from 1000 on 2.5e4. */
export function size(x) {
  if (x < 1000) return fixed(x);
  const [digits, exponent] = x.toExponential(1).split("e");
  return `${digits.replace(".0", "")}e${Number(exponent)}`;
}

/** What is shown, in words: the figure's text alternative, and what is said when training stops. */
export function sentences(state) {
  const { run } = state;
  const given = state.data === "images";
  const name = given ? `Images of ${state.classes} classes` : PLANES[state.data];
  const units = `${state.hidden} hidden unit${state.hidden > 1 ? "s" : ""}`;
  const scene = `${name}, ${units}, learning rate ${short(state.rate)}`;
  if (run.problem) return [`${scene}.`, run.problem];
  if (!state.revealed) return [`${scene}. What training does is hidden until you predict.`];
  return [`${scene}.`, ...found(state, given)];
}

function found({ run, hidden }, given) {
  const after = run.step ? `After ${run.step} step${run.step === 1 ? "" : "s"}` : "Before the first step";
  if (run.diverged) {
    return [`${after} the loss is no number any more: the steps are too large. Choose a smaller rate and start over.`];
  }
  const loss = run.losses.at(-1);
  const of = given ? "images that it was not trained on" : "points";
  const lines = [`${after} the loss is ${size(loss)}; ${run.right} of ${run.total} ${of} are right.`];
  if (run.silent) {
    const are = run.silent === 1 ? "unit is" : "units are";
    const every = given ? "image" : "point";
    lines.push(`${run.silent} of ${hidden} hidden ${are} silent: 0 for every ${every}, so nothing moves them.`);
  }
  if (loss > RISEN * run.losses[0]) {
    lines.push("The loss is above where it started: the steps are too large. Try a smaller rate.");
  }
  if (run.seconds > SLOW) lines.push(`One step takes ${run.seconds.toFixed(1)} s in Python.`);
  return lines;
}

/** How many steps one frame takes: one by one at first, where most happens, then more. */
export const stride = (step) => 1 + Math.min(19, Math.floor(step / 20));

const TRAITS = ["data", "rate", "hidden", "seed", "creases", "_run"];
const MOST = 2000; // steps of one press of Run
const PACE = 33; // milliseconds from frame to frame
const CALM = { pace: 1000, steps: 100 }; // for who wants no motion: a still picture now and then
const PATIENCE = { silent: 1500, slow: 600, gone: 8000 }; // milliseconds
const NOTES = {
  yours: "No Python answers here: this is a net of the page\u2019s own, not your functions. In a notebook the cell trains yours.",
  own: "No Python answers here: the page trains this net by itself.",
  slow: "Python is at work on a step.",
  gone: "No answer from Python yet. It is busy with another cell, or its kernel has stopped.",
};

function render({ model, el }) {
  const fr = frame(model, el, { title: "A net in training", traits: TRAITS, onReset: () => startOver(true) });
  const images = fr.get("data") === "images" ? fr.get("_images") : null;
  const classes = images?.classes ?? 2;
  const left = images ? answers(images) : planePlot();
  const losses = lossPlot(classes);
  const words = el.querySelector(".ag-words");
  const [go, one, over] = ["Run", "One step", "Start over"].map((text) => html("button", { type: "button", class: "ag-button" }, text));
  go.classList.add("ag-go");
  const note = html("p", { class: "ag-kernel", hidden: "" });
  fr.figure.classList.add("ag-train");
  fr.figure.append(left.node, losses.node);
  fr.figure.after(html("div", { class: "ag-buttons" }, go, one, over), note);
  if (!images) choice(fr, "data", { label: "Points", options: { moons: "moons", rings: "rings", spirals: "spirals" } });
  slider(fr, "rate", { label: "Learning rate", min: 0, max: RATES.length - 1, step: 1, to: rateStop, from: (k) => RATES[k] });
  slider(fr, "hidden", { label: "Hidden units", ...LIMITS.hidden });
  slider(fr, "seed", { label: "First weights, seed", ...LIMITS.seed, max: Math.max(9, fr.get("seed")) });
  if (!images) toggle(fr, "creases", { label: "Show where each unit bends", answer: true });

  let who = "unknown"; // who trains: "python", "page", or not known yet
  let own; // the page's own run, and what of it is shown
  let running = false;
  let until = 0; // the step at which one press of Run ends
  let asked = false; // Python has not answered yet
  let began = 0;
  let [clock, silence, waiting] = [0, 0, []];

  const examples = remembered((data) => (images ? imagesOf(images) : planeOf(data)));
  const setting = () => ["data", "hidden", "seed"].map(fr.get);
  const matches = (run) => String(run.of) === String(setting());
  const current = () => own?.shown ?? fr.get("_run");
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function tell(text) {
    note.textContent = text;
    note.hidden = !text;
  }
  const pageNote = () => tell(who === "page" ? NOTES[fr.get("_yours") ? "yours" : "own"] : "");

  function begin() {
    const run = startRun(examples(fr.get("data")), fr.get("hidden"), fr.get("seed"));
    own = { run, of: setting() };
    show();
  }
  const show = () => (own.shown = { of: own.of, ...own.run.report() });

  function startOver(forget = false) {
    halt();
    if (forget) losses.forget();
    if (who === "python") ask({ do: "restart" });
    else if (who === "page") begin();
    redraw();
  }

  function ask(message) {
    asked = true;
    for (const [name, milliseconds] of [["slow", PATIENCE.slow], ["gone", PATIENCE.gone]]) {
      waiting.push(setTimeout(() => tell(NOTES[name]), milliseconds));
    }
    model.send(message);
  }

  function take(steps) {
    began = performance.now();
    if (who === "python") ask({ do: "advance", steps });
    else {
      if (!own) begin();
      own.run.advance(steps, fr.get("rate"), began + 40);
      show();
      next();
    }
  }

  function next() {
    const run = current();
    if (running && (run.problem || run.diverged || run.step >= until)) halt();
    else if (who === "page") redraw(); // what Python sends is drawn when it comes
    if (running) clock = setTimeout(tick, Math.max(0, (still() ? CALM.pace : PACE) - (performance.now() - began)));
  }
  const tick = () => running && !asked && who !== "unknown" && take(still() ? CALM.steps : stride(current().step));

  function halt() {
    if (!running) return;
    running = false;
    clearTimeout(clock);
    words.textContent = ""; // all of it is said anew, now that it stands still
    redraw();
  }

  go.addEventListener("click", () => {
    if (running) return halt();
    if (who === "page" && !own) begin();
    running = true;
    until = current().step + MOST;
    tick();
    return redraw();
  });
  one.addEventListener("click", () => {
    halt();
    if (!asked && who !== "unknown") take(1);
  });
  over.addEventListener("click", () => startOver());

  const heard = (content) => {
    if (!content?.did) return;
    if (who !== "python") {
      clearTimeout(silence);
      [who, own] = ["python", undefined];
    }
    waiting.forEach(clearTimeout);
    [asked, waiting] = [false, []];
    tell("");
    next();
  };
  function alone() {
    if (who === "python") return;
    who = "page";
    pageNote();
    if (fr.get("_run").problem || !matches(fr.get("_run"))) begin();
    redraw();
    tick();
  }

  function redraw() {
    const data = fr.get("data");
    const [rate, revealed, hidden] = ["rate", "revealed", "hidden"].map(fr.get);
    if (running && !matches(current())) halt(); // another net: it waits for Run again
    if (who === "page" && !matches(current())) begin();
    const run = current();
    const fits = matches(run);
    fr.figure.classList.toggle("ag-waiting", !fits);
    go.textContent = running ? "Stop" : run.step ? "Go on" : "Run";
    for (const button of [go, one, over]) button.disabled = !revealed;
    words.setAttribute("aria-live", running ? "off" : "polite"); // not a sentence for every frame
    if (!fits) return;
    left.draw({ examples: examples(data), run, revealed, creases: fr.get("creases") });
    losses.draw({ run, revealed, rate: short(rate), size });
    fr.say(sentences({ data, rate, hidden, revealed, classes, run }));
  }
  fr.draw(redraw);
  const letGo = onTheme(redraw); // the ground is painted in colours of the theme
  model.on("msg:custom", heard);
  if (model.send) {
    silence = setTimeout(alone, PATIENCE.silent);
    model.send({ do: "hello" });
  } else alone();
  return () => {
    [clock, silence, ...waiting].forEach(clearTimeout);
    letGo();
    model.off("msg:custom", heard);
    fr.close();
  };
}

/** Call f when the page turns dark or light; return what ends that. */
function onTheme(f) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const page = new MutationObserver(f);
  const attributeFilter = ["data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const node of [document.documentElement, document.body]) page.observe(node, { attributeFilter });
  system.addEventListener("change", f);
  return () => {
    page.disconnect();
    system.removeEventListener("change", f);
  };
}

function remembered(compute) {
  const kept = {};
  return (name) => (kept[name] ??= compute(name));
}

export default { render };
