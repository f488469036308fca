import assert from "node:assert/strict";
import { test } from "node:test";
import { taskClock } from "../../src/base/clock.ts";

test("callbacks run in the order they were set, none before the task at hand has ended", async () => {
  const heard: string[] = [];
  const done = new Promise<void>((resolve) => {
    taskClock.set(() => heard.push("a"), 0);
    taskClock.set(() => {
      heard.push("b");
      resolve();
    }, 0);
  });
  heard.push("now");
  await done;
  assert.deepEqual(heard, ["now", "a", "b"]);
});

test("what was cleared never runs, and what has run can be cleared", async () => {
  const heard: string[] = [];
  const cleared = taskClock.set(() => heard.push("cleared"), 0);
  taskClock.clear(cleared);
  let ran = 0;
  await new Promise<void>((resolve) => {
    ran = taskClock.set(resolve, 0);
  });
  taskClock.clear(ran);
  assert.deepEqual(heard, []);
});

test("between two callbacks other tasks have their turn", async () => {
  const turns = 2000;
  let [run, others] = [0, 0];
  const other = () => {
    others += 1;
    if (run < turns) setTimeout(other);
  };
  setTimeout(other);
  await new Promise<void>((resolve) => {
    const again = () => {
      run += 1;
      if (run < turns) taskClock.set(again, 0);
      else resolve();
    };
    taskClock.set(again, 0);
  });
  assert.ok(others > 1, `${others} other tasks in ${turns} turns`);
});
