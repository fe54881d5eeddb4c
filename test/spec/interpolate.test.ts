import { describe, expect, it } from "vitest";
import { headlines, load, loadOk, problemsOf } from "./load-yaml.ts";

const environment = { SET: "value", EMPTY: "", OTHER: "other" };
const filled = (text: string): string | undefined => {
  const yaml = `services: {a: {image: x, labels: {text: ${JSON.stringify(text)}}}}`;
  return load(yaml, { environment }).project?.services["a"]?.labels?.["text"];
};

describe("variables in text", () => {
  it.each([
    ["$SET", "value"],
    ["${SET}", "value"],
    ["a-${SET}-b", "a-value-b"],
    ["$SET-bar", "value-bar"],
    ["${SET:-word}", "value"],
    ["${EMPTY:-word}", "word"],
    ["${EMPTY-word}", ""],
    ["${UNSET:-word}", "word"],
    ["${UNSET-word}", "word"],
    ["${UNSET:-}x", "x"],
    ["${SET:+word}", "word"],
    ["${EMPTY:+word}", ""],
    ["${EMPTY+word}", "word"],
    ["${UNSET+word}", ""],
    ["${SET:?message}", "value"],
    ["${EMPTY?message}", ""],
    ["${UNSET:-${SET}}", "value"],
    ["${UNSET:-${ALSO_UNSET:-$OTHER}}", "other"],
    ["${UNSET:-a}${UNSET:-b}", "ab"],
    ["${UNSET:-a}}", "a}"],
    ["$$SET", "$SET"],
    ["$${SET}", "${SET}"],
    ["$", "$"],
    ["a$", "a$"],
    ["$1", "$1"],
    ["$ SET", "$ SET"],
    ["${UNSET:-a:b-c?d}", "a:b-c?d"],
  ])("%s", (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  it.each(["${", "${}", "${ SET}", "${SET }", "${1}", "${SET!}", "${SET:-word"])(
    "%s is malformed",
    (text) => {
      expect(headlines(`services: {a: {image: ${JSON.stringify(text)}}}`)).toEqual([
        `compose.yaml:1:23: error: invalid interpolation format for services.a.image: ${text} [interpolation-syntax]`,
      ]);
    },
  );

  it("does not evaluate words that are not used", () => {
    expect(filled("${SET:-${UNSET:?never}}")).toBe("value");
  });

  it("leaves keys alone", () => {
    expect(
      loadOk("services: {a: {image: x, labels: {$SET: y}}}", { environment }).services["a"]?.labels,
    ).toEqual({
      $SET: "y",
    });
  });

  it("warns once about a variable that is not set", () => {
    expect(problemsOf("services:\n  a: {image: x, hostname: $NOPE}\n  b: {image: $NOPE x}\n")).toBe(
      `compose.yaml:2:27: warning: The "NOPE" variable is not set. Defaulting to a blank string. [variable-unset]
  1 | services:
  2 |   a: {image: x, hostname: $NOPE}
    |                           ^^^^^
  3 |   b: {image: $NOPE x}
`,
    );
  });

  it("gives the message of a required variable", () => {
    expect(headlines("services: {a: {image: '${TAG:?set it}'}}")).toEqual([
      "compose.yaml:1:23: error: required variable TAG is missing a value: set it [variable-required]",
    ]);
    expect(headlines("services: {a: {image: '${TAG?}'}}")).toEqual([
      "compose.yaml:1:23: error: required variable TAG is missing a value [variable-required]",
    ]);
  });

  it("knows COMPOSE_PROJECT_NAME", () => {
    expect(loadOk("name: shop\nservices: {a: {image: $COMPOSE_PROJECT_NAME}}").services["a"]?.image).toBe(
      "shop",
    );
  });

  it("lists the variables of the files, nested ones too", () => {
    const { variables } = load("services: {a: {image: '${B:-${C:?c}}${A:+x}'}}");
    expect(variables).toEqual([
      { name: "A", required: false, defaultValue: "", alternateValue: "x" },
      { name: "B", required: false, defaultValue: "${C:?c}", alternateValue: "" },
      { name: "C", required: true, defaultValue: "", alternateValue: "" },
    ]);
  });

  it("can be turned off", () => {
    expect(loadOk("services: {a: {image: '${SET:-x}'}}", { noInterpolate: true }).services["a"]?.image).toBe(
      "${SET:-x}",
    );
    const yaml = "services: {a: {image: x, env_file: '${FILE}.env', label_file: '${FILE}.l'}}";
    expect(loadOk(yaml, { noInterpolate: true }).services["a"]).toMatchObject({
      env_file: [{ path: "/project/${FILE}.env" }],
      label_file: ["/project/${FILE}.l"],
    });
  });
});

describe("text at typed places", () => {
  it("becomes numbers and booleans", () => {
    const yaml = `services:
  a:
    image: x
    init: "\${T:-true}"
    scale: "2"
    cpus: "0.5"
    pids_limit: "-1"
    ports: [{target: "80"}]
    ulimits: {nofile: {soft: "1", hard: "2"}}
`;
    expect(loadOk(yaml).services["a"]).toMatchObject({
      init: true,
      scale: 2,
      cpus: 0.5,
      pids_limit: -1,
      ports: [{ target: 80 }],
      ulimits: { nofile: { soft: 1, hard: 2 } },
    });
  });

  it("warns about yes and no, and refuses other words", () => {
    expect(
      problemsOf("services:\n  a:\n    image: x\n    tty: yes\n    init: maybe\n    scale: many\n"),
    ).toBe(
      `compose.yaml:4:10: warning: "yes" for boolean services.a.tty is not supported by YAML 1.2 [cast]
  3 |     image: x
  4 |     tty: yes
    |          ^^^
  5 |     init: maybe
  hint: write \`true\`

compose.yaml:5:11: error: services.a.init must be a boolean (true or false), not "maybe" [cast]
  4 |     tty: yes
  5 |     init: maybe
    |           ^^^^^
  6 |     scale: many

compose.yaml:6:12: error: services.a.scale must be an integer, not "many" [cast]
  5 |     init: maybe
  6 |     scale: many
    |            ^^^^
`,
    );
  });
});
