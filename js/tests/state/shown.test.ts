import assert from "node:assert/strict";
import { test } from "node:test";
import { asAnswered, type ScopeState } from "../../src/state/shown.ts";
import { CLOUD, FRAME } from "../support/fakes.ts";

test("what is saved belongs to the curve, whatever has been asked for since", () => {
  const asked = { ...FRAME, pair: [2, 3], epsilon: 0.1, theta: 3, frame: FRAME };
  const shown = { ...asked, cloud: "density", cloudFrame: CLOUD } as unknown as ScopeState;
  const { pair, epsilon, theta, cloud, cloudFrame } = asAnswered(shown);
  assert.deepEqual([pair, epsilon, theta], [FRAME.pair, FRAME.epsilon, FRAME.theta]);
  assert.deepEqual([cloud, cloudFrame], ["points", CLOUD]);
  const elsewhere = { ...CLOUD, pair: [0, 2] };
  assert.equal(asAnswered({ ...shown, cloudFrame: elsewhere } as ScopeState).cloudFrame, undefined);
  assert.equal(asAnswered({ ...shown, cloud: "off" }).cloud, "off");
  const none = { ...shown, frame: undefined };
  assert.equal(asAnswered(none), none);
});
