// What every explorable's drawing stands on. Run by node's own test runner: node --test tests/explore
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed, path, scale, short, snap } from "../../autograder/explore/static/kit.js";

test("numbers have a true minus sign and never a negative zero", () => {
  assert.equal(fixed(-0.5), "\u22120.5000");
  assert.equal(fixed(-0.00001), "0.0000");
  assert.equal(short(-2.25), "\u22122.25");
  assert.equal(short(-0), "0");
  assert.equal(short(0.1 + 0.2), "0.3");
});

test("a dragged value lands on the slider's grid and stays inside its limits", () => {
  const limits = { min: -6, max: 6, step: 0.1 };
  assert.equal(snap(0.31, limits), 0.3);
  assert.ok(Object.is(snap(-0.01, limits), 0));
  assert.equal(snap(99, limits), 6);
  assert.equal(snap(-99, limits), -6);
});

test("a scale maps to pixels and back", () => {
  const to = scale([-6, 6], [0, 1]);
  assert.ok(to.y(1) < to.y(0), "up is smaller on a screen");
  for (const x of [-6, 0, 2.5]) assert.ok(Math.abs(to.unx(to.x(x)) - x) < 1e-12);
  for (const y of [0, 0.3, 1]) assert.ok(Math.abs(to.uny(to.y(y)) - y) < 1e-12);
});

test("a path visits both ends of its interval", () => {
  const same = { x: (x) => x, y: (y) => y };
  assert.equal(path((x) => 2 * x, same, [0, 1], 2), "M0.00 0.00L0.50 1.00L1.00 2.00");
});
