// The maths and the words of static/softmax_temperature.js and columns.js, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, sci, sub, vector } from "../../autograder/explore/static/columns.js";
import * as it from "../../autograder/explore/static/softmax_temperature.js";

const scene = { logits: [1, 2, 3], temperature: 1, shift: 0, max_trick: true, revealed: true };
const near = (got, want, tolerance = 1e-12) =>
  assert.ok(Math.abs(got - want) <= tolerance, `expected ${want}, got ${got}`);

test("shares are positive and add up to 1, and no shift moves them", () => {
  const still = it.numbers(scene).shares;
  for (const shift of [-1000, -0.5, 0, 3, 1000]) {
    const { shares } = it.numbers({ ...scene, shift });
    near(shares.reduce((a, b) => a + b), 1);
    shares.forEach((s, i) => near(s, still[i]));
  }
});

test("without the maximum subtracted, exp overflows just above its limit", () => {
  assert.ok(Number.isFinite(Math.exp(it.OVERFLOW)));
  assert.equal(Math.exp(it.OVERFLOW + 1e-12), Infinity);
  assert.ok(Math.exp(it.UNDERFLOW) > 0);
  assert.equal(Math.exp(it.UNDERFLOW - 1e-12), 0);
  const high = it.numbers({ ...scene, shift: 707, max_trick: false });
  assert.deepEqual(high.shares, [0, 0, NaN]);
  assert.ok(Number.isNaN(high.entropy));
  assert.deepEqual(it.numbers({ ...scene, shift: -800, max_trick: false }).shares, [NaN, NaN, NaN]);
});

test("both limits, and ties share", () => {
  assert.deepEqual(it.numbers({ ...scene, logits: [1, 3, 3], temperature: 1e-8 }).shares, [0, 0.5, 0.5]);
  it.numbers({ ...scene, temperature: 1e8 }).shares.forEach((s) => near(s, 1 / 3, 1e-8));
  near(it.numbers({ ...scene, logits: [1, 3, 3], temperature: 1e-8 }).entropy, Math.log(2));
  near(it.numbers({ ...scene, temperature: 1e8 }).entropy, Math.log(3));
  assert.equal(it.numbers({ ...scene, temperature: 1e-8 }).entropy, 0);
});

test("every stop of the sliders is found again from its value", () => {
  for (let k = -41; k <= 41; k += 1) assert.equal(it.stopOf(it.temperatureAt(k)), k);
  for (let k = -it.LAST; k <= it.LAST; k += 1) assert.equal(it.shiftStop(it.shiftAt(k)), k);
  assert.deepEqual([it.temperatureAt(-41), it.temperatureAt(0), it.temperatureAt(41)], [1e-8, 1, 1e8]);
  assert.deepEqual([it.shiftAt(-it.LAST), it.shiftAt(0), it.shiftAt(1)], [-1000, 0, 0.5]);
});

test("small shifts move the bars, large ones the axis, and no bar leaves the plot", () => {
  assert.deepEqual(it.view([1, 2, 3], [1, 2, 3], 0).ylim, it.view([1, 2, 3], [1, 2, 3], 1).ylim);
  for (const shift of [-1000, -3, 0, 1.5, 700]) {
    const { reach, ylim } = it.view([1, 2, 3], [1, 2, 3], shift);
    assert.ok(ylim[0] <= reach[0] + shift && reach[1] + shift <= ylim[1]);
  }
});

test("the words do not give the probabilities away before they are revealed", () => {
  const words = it.sentences({ ...scene, revealed: false }).join(" ");
  assert.equal(words, "Logits (1, 2, 3), T = 1. The probabilities are hidden until you predict.");
});

test("numbers in few letters", () => {
  assert.deepEqual([2, 0.367, 20.09, 2.7e43, 1e-8, 0, Infinity, NaN].map((x) => brief(x)), [
    ..."2.00 0.37 20.1 2.7e43 1e\u22128 0 inf nan".split(" "),
  ]);
  assert.equal(sci(1.2345e-7), "1.23e\u22127");
  assert.equal(vector([1, -2.5]), "(1, \u22122.5)");
  assert.equal(sub(12), "\u2081\u2082");
});
