// The maths and the words of static/activations.js, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FUNCTIONS, numbers, sentences } from "../../autograder/explore/static/activations.js";

const scene = { function: "relu", x: 1, corner: "fan", corner_slope: 0, sharpness: 1, h: 0, revealed: true };
const near = (got, want, tolerance = 1e-6) =>
  assert.ok(Math.abs(got - want) <= tolerance, `expected ${want}, got ${got}`);

test("each slope is the derivative of its function", () => {
  for (const name of Object.keys(FUNCTIONS)) {
    for (const x of [-5.5, -1.3, -0.2, 0.4, 2, 5.9]) {
      for (const sharpness of [1, 7]) {
        const { slope, secant } = numbers({ ...scene, function: name, x, sharpness, h: 1e-5 });
        near(slope, secant);
      }
    }
  }
});

test("nothing overflows, however far out", () => {
  for (const [name, f] of Object.entries(FUNCTIONS)) {
    for (const x of [-1000, 1000]) {
      assert.ok(Number.isFinite(f.value(x, scene)), `${name}(${x})`);
      assert.ok(Number.isFinite(f.slope(x, scene)), `slope of ${name} at ${x}`);
    }
  }
  near(FUNCTIONS.softplus.value(1000, scene), 1000);
  assert.ok(FUNCTIONS.tanh.slope(30, scene) > 0, "tiny, but not lost to cancellation");
});

test("at ReLU's corner the line has the slope that was chosen", () => {
  for (const corner_slope of [0, 0.5, 1]) assert.equal(numbers({ ...scene, x: 0, corner_slope }).slope, corner_slope);
  assert.equal(numbers({ ...scene, x: 0.1, corner_slope: 0.5 }).slope, 1);
});

test("a corner that is kept hidden has no slope, in numbers or in words", () => {
  const hidden = { ...scene, corner: "hidden", corner_slope: 0.5 };
  assert.ok(Number.isNaN(numbers({ ...hidden, x: 0 }).slope));
  assert.equal(sentences({ ...hidden, x: 0 }).join(" "), "ReLU at x = 0: f(x) = 0.0000. The graph has a corner here.");
  assert.equal(numbers({ ...hidden, x: 0.1 }).slope, 1);
});

test("a probe across the corner measures neither slope", () => {
  const { secant, straddles } = numbers({ ...scene, x: 0.5, h: 1 });
  near(secant, 0.75);
  assert.ok(straddles);
  assert.ok(!numbers({ ...scene, x: 1, h: 1 }).straddles);
});

test("softplus tends to ReLU as it sharpens", () => {
  const gap = (sharpness) => numbers({ ...scene, function: "softplus", x: 0, sharpness }).gap;
  near(gap(1), Math.log(2));
  near(gap(20), Math.log(2) / 20);
});

test("the words do not give the slope away before it is revealed", () => {
  const words = sentences({ ...scene, function: "sigmoid", x: 0, h: 1, revealed: false }).join(" ");
  assert.match(words, /f\(x\) = 0\.5000/);
  assert.doesNotMatch(words, /0\.25/);
});
