import { expect, it } from "vitest";
import { compareNames } from "../../src/cli/project-containers.ts";

it("sorts names as people count", () => {
  const names = [
    "demo-web-10",
    "demo-web-2",
    "demo-api-1",
    "demo-web",
    "demo-web-2-run",
    "demo-web-02",
    "db",
  ];
  expect(names.toSorted(compareNames)).toEqual([
    "db",
    "demo-api-1",
    "demo-web",
    "demo-web-02",
    "demo-web-2",
    "demo-web-2-run",
    "demo-web-10",
  ]);
});
