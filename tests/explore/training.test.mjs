// The maths and the words of training's modules, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RATES, rateStop, sentences, size, stride } from "../../autograder/explore/static/training.js";
import { ceiling, contour, unlike } from "../../autograder/explore/static/training_draw.js";
import {
  GRID,
  WINDOW,
  descend,
  firstWeights,
  forwardOf,
  gridPoints,
  imagesOf,
  pack,
  planeOf,
  startRun,
  unpack,
} from "../../autograder/explore/static/training_net.js";

const small = { X: Float64Array.of(1, -2, 0.5, 3, 0, 1), y: [2, 0, 1], inputs: 2, classes: 3 };

test("the gradient is the one that is measured", () => {
  const params = firstWeights(2, 4, 3, 5);
  const { grads } = descend(small, params);
  const h = 1e-6;
  for (const [name, values] of Object.entries(params)) {
    values.forEach((kept, i) => {
      values[i] = kept + h;
      const above = descend(small, params).loss;
      values[i] = kept - h;
      const below = descend(small, params).loss;
      values[i] = kept;
      assert.ok(Math.abs((above - below) / (2 * h) - grads[name][i]) < 1e-8, `${name}[${i}]`);
    });
  }
});

test("scores are linear, relu, linear", () => {
  const params = { W1: Float64Array.of(1, -1), b1: Float64Array.of(0, 1), W2: Float64Array.of(2, 0, 0, 3), b2: Float64Array.of(0.5, 0) };
  const { S, H } = forwardOf(Float64Array.of(2, -3), 1, params);
  assert.deepEqual([...H], [2, 0, 0, 4]);
  assert.deepEqual([...S], [4.5, 0, 0.5, 12]);
});

test("a loss of equal scores is ln C, and scores of any size give a number", () => {
  const none = { W1: new Float64Array(2), b1: new Float64Array(1), W2: new Float64Array(3), b2: new Float64Array(3) };
  assert.ok(Math.abs(descend(small, none).loss - Math.log(3)) < 1e-15);
  none.b2[0] = 1e4;
  assert.ok(Math.abs(descend(small, none).loss - 2e4 / 3) < 1e-9);
});

for (const name of ["moons", "rings", "spirals"]) {
  test(`${name}: two classes by turns, all in the window, and they can be learnt`, () => {
    const examples = planeOf(name);
    examples.X.forEach((x, k) => assert.ok(Math.abs(x) < (k % 2 ? WINDOW.y : WINDOW.x)));
    assert.deepEqual(examples.y.slice(0, 4), [0, 1, 0, 1]);
    const run = startRun(examples, 16, 0);
    run.advance(600, 0.5);
    assert.ok(run.report().right > 195, String(run.report().right));
  });
}

test("a step goes against the gradient of the present weights", () => {
  const examples = planeOf("moons");
  const run = startRun(examples, 3, 1);
  const first = run.report();
  const params = firstWeights(2, 3, 2, 1);
  const { grads } = descend(examples, params);
  run.advance(1, 0.25);
  const [row] = run.report().creases;
  row.forEach((w, h) => assert.ok(Math.abs(w - (params.W1[h] - 0.25 * grads.W1[h])) < 6e-5));
  assert.equal(first.step, 0);
  assert.equal(run.report().step, 1);
  assert.ok(run.report().losses[1] < first.losses[0]);
});

test("a run ends where the loss is no number", () => {
  const run = startRun(planeOf("moons"), 4, 0);
  run.advance(50, 1e200);
  const { step, losses, diverged, said } = run.report();
  assert.ok(diverged && step < 50);
  assert.equal(losses.at(-1), null);
  assert.ok(said.includes("?"));
});

test("a slice of time ends after the step it is in", () => {
  const run = startRun(planeOf("moons"), 4, 0);
  run.advance(1000, 0.5, 0);
  assert.equal(run.report().step, 1);
});

test("a long curve keeps 200 points at most, its first and its last", () => {
  const run = startRun(planeOf("moons"), 1, 0);
  run.advance(450, 0.1);
  const { steps, losses } = run.report();
  assert.ok(steps.length <= 201 && steps.length === losses.length);
  assert.deepEqual([steps[0], steps[1], steps.at(-1)], [0, 4, 450]);
});

test("images come as letters", () => {
  const sent = { side: 2, classes: 3, pixels: "aqibaaaa", labels: "20", counted_pixels: "qqqq", counted_labels: "1" };
  const { X, y, countedX, countedY, inputs, classes } = imagesOf(sent);
  assert.deepEqual([...X], [0, 1, 0.5, 1 / 16, 0, 0, 0, 0]);
  assert.deepEqual([y, [...countedX], countedY, inputs, classes], [[2, 0], [1, 1, 1, 1], [1], 4, 3]);
});

test("numbers of the grid survive two letters each", () => {
  const values = [0, 1e-3, -1, 2.5, -40, 1e9, -Infinity, NaN];
  const back = unpack(pack(values));
  assert.equal(pack(values).length, 16);
  assert.equal(back[0], 0);
  assert.equal(back[7], 0);
  values.slice(0, 5).forEach((m, i) => assert.ok(Math.abs(back[i] - m) <= 3e-4 * (1 + Math.abs(m)) ** 2));
  assert.deepEqual([Math.sign(back[4]), Math.sign(back[5])], [-1, 1]);
});

test("the boundary is where a function on the grid is 0", () => {
  const points = gridPoints();
  const values = Array.from({ length: points.length / 2 }, (_, k) => points[2 * k] - 0.5 * points[2 * k + 1] + 0.3);
  const pieces = contour(values);
  assert.ok(pieces.length >= 4 * GRID.down);
  for (let k = 0; k < pieces.length; k += 2) {
    const x = ((2 * pieces[k]) / (GRID.across - 1) - 1) * WINDOW.x;
    const y = (1 - (2 * pieces[k + 1]) / (GRID.down - 1)) * WINDOW.y;
    assert.ok(Math.abs(x - 0.5 * y + 0.3) < 1e-12);
  }
  assert.deepEqual(contour(values.map(() => 1)), []);
});

test("where four pieces meet, the middle says which corners belong together", () => {
  const saddle = (a, b, c, d) => contour([a, b, d, c], { across: 2, down: 2 }); // round the cell from the top left
  const joined = saddle(3, -1, 3, -1); // the middle is above 0, as top left and bottom right: the others are cut off
  assert.deepEqual(joined, [0.75, 0, 1, 0.25, 0.25, 1, 0, 0.75]);
  const apart = saddle(1, -3, 1, -3);
  assert.deepEqual(apart, [1, 0.75, 0.75, 1, 0, 0.25, 0.25, 0]);
});

test("rates are 1, 2 and 5 times powers of ten", () => {
  assert.equal(RATES.length, 16);
  assert.deepEqual([RATES[0], RATES[8], RATES[15]], [0.001, 0.5, 100]);
  RATES.forEach((rate, stop) => assert.equal(rateStop(rate), stop));
  assert.equal(RATES[rateStop(0.7)], 0.5);
});

test("ticks end at round numbers, steps come faster later, and a loss is short", () => {
  assert.deepEqual([50, 51, 0.3, 7].map(ceiling), [50, 100, 0.5, 10]);
  assert.deepEqual([0, 19, 20, 399, 5000].map(stride), [1, 1, 2, 20, 20]);
  assert.deepEqual([0.213, 999.5, 25000, 1e10].map(size), ["0.2130", "999.5000", "2.5e4", "1e10"]);
});

test("the curve before is named by what is different now", () => {
  const run = (...of) => ({ run: { of }, rate: "0.5" });
  const now = run("moons", 8, 0);
  assert.equal(unlike(run("rings", 8, 0), now), ", rings");
  assert.equal(unlike(run("moons", 1, 0), now), ", with 1 unit");
  assert.equal(unlike(run("moons", 8, 3), now), ", with seed 3");
  assert.equal(unlike({ ...now, rate: "10" }, now), ", at rate 10");
  assert.equal(unlike(now, now), "");
});

const run = { step: 12, losses: [0.7, 0.5], diverged: false, right: 150, total: 200, silent: 0, seconds: 0, problem: "" };
const scene = { data: "moons", rate: 0.5, hidden: 4, revealed: true, classes: 2, run };
const said = (changes, more = {}) => sentences({ ...scene, ...more, run: { ...run, ...changes } }).slice(1);

test("words say loss and count, and what is wrong", () => {
  assert.deepEqual(said({}), ["After 12 steps the loss is 0.5000; 150 of 200 points are right."]);
  assert.match(said({ step: 1 })[0], /^After 1 step the/);
  assert.match(said({ step: 0 })[0], /^Before the first step/);
  assert.match(said({ silent: 1 })[1], /^1 of 4 hidden unit is silent/);
  assert.match(said({ losses: [0.7, 2] })[1], /steps are too large. Try a smaller rate/);
  assert.match(said({ diverged: true, losses: [0.7, null] })[0], /no number any more: .* Choose a smaller rate and start over/);
  assert.match(said({ seconds: 0.84 })[1], /One step takes 0.8 s in Python/);
  assert.deepEqual(said({ problem: "f stopped. ValueError: no" }), ["f stopped. ValueError: no"]);
  assert.match(said({ total: 100 }, { data: "images" })[0], /of 100 images that it was not trained on are right/);
});

test("the words do not give training away before it is revealed", () => {
  assert.deepEqual(sentences({ ...scene, revealed: false }), [
    "Two moons, 4 hidden units, learning rate 0.5. What training does is hidden until you predict.",
  ]);
});
