// backprop's formulas, as the lesson writes them, and the small notation that they are written in.
import { html } from "./kit.js";

// Formulas in a small notation: a^b and a_b raise and lower one character or {several}, D(a) is the slope dL/da, and
// [a|n m] puts its dimensions under a. Each step: whole arrays, one entry of each result, what happens in words.
const COLUMN_STEPS = [
  [
    "[h^a|h 1] = [W^{(1)}|h d] [x|d 1] + [b^{(1)}|h 1]",
    "h^a_j = \u2211_i W^{(1)}_{ji} x_i + b^{(1)}_j",
    "Each hidden unit reads all inputs, through its own row of weights.",
  ],
  [
    "[h^s|h 1] = sin [h^a|h 1]",
    "h^s_j = sin h^a_j",
    "Each hidden unit bends its own number and no other.",
  ],
  [
    "[o^a|m 1] = [W^{(2)}|m h] [h^s|h 1] + [b^{(2)}|m 1]",
    "o^a_k = \u2211_j W^{(2)}_{kj} h^s_j + b^{(2)}_k",
    "Each class reads all hidden units, through its own row of weights.",
  ],
  [
    "[o^s|m 1] = softmax [o^a|m 1],\u2002 [L|1 1] = \u2212ln o^s_y",
    "o^s_k = exp o^a_k / \u2211_l exp o^a_l ; L = \u2212ln o^s_y",
    "Shares that add up to 1. The loss looks at the share of the right class alone.",
  ],
  [
    "[D(o^a)|m 1] = [o^s|m 1] \u2212 [onehot(y)|m 1]",
    "D(o^a_k) = o^s_k \u2212 \u03b4_{ky}",
    "The loss and softmax in one step: the shares, less 1 at the right class.",
  ],
  [
    "[D(W^{(2)})|m h] = [D(o^a)|m 1] [h^{s\u22a4}|1 h],\u2002 [D(b^{(2)})|m 1] = [D(o^a)|m 1]",
    "D(W^{(2)}_{kj}) = D(o^a_k) h^s_j ; D(b^{(2)}_k) = D(o^a_k)",
    "For a weight: the gradient where its edge ends, times the value where it begins.",
  ],
  [
    "[D(h^s)|h 1] = [W^{(2)\u22a4}|h m] [D(o^a)|m 1]",
    "D(h^s_j) = \u2211_k D(o^a_k) W^{(2)}_{kj}",
    "A unit speaks to all classes, so it hears from all: each gradient comes back along its edge.",
  ],
  [
    "[D(h^a)|h 1] = [D(h^s)|h 1] \u2299 [cos h^a|h 1]",
    "D(h^a_j) = D(h^s_j) cos h^a_j",
    "Back through the bend: times its slope at the number that went in.",
  ],
  [
    "[D(W^{(1)})|h d] = [D(h^a)|h 1] [x^\u22a4|1 d],\u2002 [D(b^{(1)})|h 1] = [D(h^a)|h 1]",
    "D(W^{(1)}_{ji}) = D(h^a_j) x_i ; D(b^{(1)}_j) = D(h^a_j)",
    "The pattern of backward 2 again, one layer down.",
  ],
  [
    "[D(x)|d 1] = [W^{(1)\u22a4}|d h] [D(h^a)|h 1]",
    "D(x_i) = \u2211_j D(h^a_j) W^{(1)}_{ji}",
    "The pattern of backward 3 again. In a deeper net this goes on to the layer below.",
  ],
];
const BATCH_STEPS = [
  [
    "[Z|N h] = [X|N d] [W_1|d h] + [b_1|1 h]",
    "Z_{ih} = \u2211_j X_{ij} (W_1)_{jh} + (b_1)_h",
    "Each example is a row, and all rows go through the same weights.",
  ],
  [
    "[H|N h] = relu [Z|N h]",
    "H_{ih} = max(0, Z_{ih})",
    "Number by number: what is positive passes, the rest is 0.",
  ],
  [
    "[S|N m] = [H|N h] [W_2|h m] + [b_2|1 m]",
    "S_{ic} = \u2211_h H_{ih} (W_2)_{hc} + (b_2)_c",
    "The second layer is a layer like the first.",
  ],
  [
    "[P|N m] = softmax [S|N m],\u2002 [L|1 1] = \u2212\u2211_i ln P_{iy\u1d62}",
    "P_{ic} = exp S_{ic} / \u2211_l exp S_{il} ; L = \u2212\u2211_i ln P_{iy\u1d62}",
    "Row by row. The loss is the sum over the examples, each with its own right class.",
  ],
  [
    "[D(S)|N m] = [P|N m] \u2212 [onehot(y)|N m]",
    "D(S_{ic}) = P_{ic} \u2212 \u03b4_{cy\u1d62}",
    "The shares, less 1 at the right class of each row.",
  ],
  [
    "[D(W_2)|h m] = [H^\u22a4|h N] [D(S)|N m],\u2002 [D(b_2)|1 m] = [1^\u22a4|1 N] [D(S)|N m]",
    "D((W_2)_{hc}) = \u2211_i H_{ih} D(S_{ic}) ; D((b_2)_c) = \u2211_i D(S_{ic})",
    "All examples share a weight: each adds its part, and the sum runs over the examples.",
  ],
  [
    "[D(H)|N h] = [D(S)|N m] [W_2^\u22a4|m h]",
    "D(H_{ih}) = \u2211_c D(S_{ic}) (W_2)_{hc}",
    "No sum over examples here: no example's numbers touch another's loss.",
  ],
  [
    "[D(Z)|N h] = [D(H)|N h] \u2299 [(Z > 0)|N h]",
    "D(Z_{ih}) = D(H_{ih}) (Z_{ih} > 0)",
    "The gradient passes where Z is positive. Elsewhere H does not move, so nothing passes.",
  ],
  [
    "[D(W_1)|d h] = [X^\u22a4|d N] [D(Z)|N h],\u2002 [D(b_1)|1 h] = [1^\u22a4|1 N] [D(Z)|N h]",
    "D((W_1)_{jh}) = \u2211_i X_{ij} D(Z_{ih}) ; D((b_1)_h) = \u2211_i D(Z_{ih})",
    "The pattern of backward 2 again, one layer down.",
  ],
  [
    "[D(X)|N d] = [D(Z)|N h] [W_1^\u22a4|h d]",
    "D(X_{ij}) = \u2211_h D(Z_{ih}) (W_1)_{jh}",
    "The pattern of backward 3 again. In a deeper net this goes on to the layer below.",
  ],
];

export const FORMULAS = { column: COLUMN_STEPS, batch: BATCH_STEPS };

/** Split "raise^{me}_x" at its marks and build elements; letters alone are variables, words are upright. */
export function typeset(source, dims = () => "") {
  const out = [];
  let rest = source;
  const take = (pattern) => {
    const found = rest.match(pattern);
    if (found) rest = rest.slice(found[0].length);
    return found;
  };
  const letters = (text, variable) => text.split(/([A-Za-z]+)/).map((part) => (variable.test(part) ? html("i", {}, part) : part));
  const plain = (text) => letters(text, /^[A-Za-z]$/);
  while (rest) {
    const sized = take(/^\[((?:[^[\]|])*)\|(\w) (\w)\]/) ?? take(/^\[([^|]*)\|(\w) (\w)\]/);
    const slope = sized ? null : take(/^D\(((?:\([^()]*\)|[^()])*)\)/);
    const marks = sized || slope ? null : take(/^(?:\^(\{[^}]*\}|.))?(?:_(\{[^}]*\}|.))?/);
    if (sized) {
      const under = html("span", { class: "bp-dims" }, dims(sized[2], sized[3]));
      out.push(html("span", { class: "bp-sized" }, html("span", {}, ...typeset(sized[1])), under));
    } else if (slope) {
      const below = html("span", {}, "\u2202", ...typeset(slope[1]));
      out.push(html("span", { class: "bp-slope" }, html("span", {}, "\u2202", html("i", {}, "L")), below));
    } else if (marks[0]) {
      const bare = (text) => letters(text.replace(/^\{|\}$/g, ""), /^[A-Za-z]+$/);
      const both = marks[1] && marks[2];
      const raised = marks[1] ? [html("sup", {}, ...bare(marks[1]))] : [];
      const lowered = marks[2] ? [html("sub", {}, ...bare(marks[2]))] : [];
      out.push(both ? html("span", { class: "bp-marks" }, ...raised, ...lowered) : (raised[0] ?? lowered[0]));
    } else out.push(...plain(take(/^[A-Za-z]+|^[^[D^_A-Za-z]+|^./)[0]));
  }
  return out;
}
