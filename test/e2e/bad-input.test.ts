// What people get wrong in a Compose file: the place is named, the exit status is 1, and the engine is left as it was.
import { expect, it } from "vitest";
import { describeEachEngine } from "../support/each-engine.ts";
import { makeProject } from "../support/project.ts";

const cases: readonly {
  readonly what: string;
  readonly yaml: string;
  readonly place: string;
  readonly words: readonly string[];
}[] = [
  {
    what: "a YAML syntax error",
    yaml: "services:\n  web:\n    image: [slipway/host\n",
    place: "compose.yaml:",
    words: [],
  },
  {
    what: "an unknown key",
    yaml: "services:\n  web:\n    image: slipway/host\n    depend_on: [db]\n",
    place: "compose.yaml:4:5",
    words: ["depend_on", "depends_on"],
  },
  {
    what: "a wrong type",
    yaml: "services:\n  web:\n    image: slipway/host\n    ports: 80\n",
    place: "compose.yaml:4:12",
    words: ["ports"],
  },
  {
    what: "an undefined network",
    yaml: "services:\n  web:\n    image: slipway/host\n    networks: [back]\n",
    place: "compose.yaml:4:16",
    words: ["web", "undefined network", "back"],
  },
  {
    what: "a dependency cycle",
    yaml: "services:\n  a:\n    image: slipway/host\n    depends_on: [b]\n  b:\n    image: slipway/host\n    depends_on: [a]\n",
    place: "compose.yaml:",
    words: ["cycle", "a", "b"],
  },
  {
    what: "a required variable that is missing",
    yaml: "services:\n  web:\n    image: slipway/host\n    environment:\n      KEY: ${SLIPWAY_TEST_ABSENT:?set it in .env}\n",
    place: "compose.yaml:5:12",
    words: ["SLIPWAY_TEST_ABSENT", "set it in .env"],
  },
];

describeEachEngine("bad input", (engine) => {
  const state = async (): Promise<string> => {
    const lists = [
      ["ps", "-aq"],
      ["network", "ls", "-q"],
      ["volume", "ls", "-q"],
    ];
    return (await Promise.all(lists.map(async (args) => (await engine().docker(args)).stdout))).join("--\n");
  };

  it.each(cases)("$what: names the place and changes nothing", async ({ yaml, place, words }) => {
    await engine().start();
    const before = await state();
    const project = await makeProject(engine(), "bad-input", { "compose.yaml": yaml });
    const result = await project.slipway(["up", "-d"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe("");
    expect(result.stderr).toContain(place);
    for (const word of words) expect(result.stderr).toContain(word);
    expect(result.stderr).not.toMatch(/^\s+at .*\.[mc]?[jt]s:\d+/m);
    expect(await state()).toBe(before);
  });

  it("a missing file: says which", async () => {
    const folder = await engine().folder();
    const result = await engine().slipway(["-f", `${folder}/absent.yaml`, "up", "-d"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`${folder}/absent.yaml`);
  });
});
