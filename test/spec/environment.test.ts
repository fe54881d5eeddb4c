import { describe, expect, it } from "vitest";
import { headlines, load, loadOk, problemsOf, serviceWith } from "./load-yaml.ts";

const variables = (text: string, environment: Record<string, string> = {}): unknown =>
  serviceWith("    env_file: a.env", { also: { "a.env": text }, environment }).environment;

describe("files of variables", () => {
  it.each<[string, string, Record<string, string>]>([
    ["plain values", "A=1\nB = 2 \nC: 3\n", { A: "1", B: "2", C: "3" }],
    ["export and comments", "# x\nexport A=1 # y\nB=a#b\n", { A: "1", B: "a#b" }],
    ["a value that begins with #", "A=#fff # white\nB= # none\nC=a\t#b\n", { A: "#fff", B: "", C: "a\t#b" }],
    ["empty values", "A=\nB=''\n", { A: "", B: "" }],
    ["single quotes", "A='$X \\n it\\'s'\n", { A: "$X \\n it's" }],
    ["double quotes", 'A="a\\tb \\"q\\" \\$X \\c"\n', { A: 'a\tb "q" $X \\c' }],
    ["several lines", "A=\"1\n2\"\nB='3\n4'\n", { A: "1\n2", B: "3\n4" }],
    ["variables", "A=1\nB=$A-${C:-c}\n", { A: "1", B: "1-c" }],
    ["Windows line ends", "A=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["a byte order mark", "\ufeffA=1\n", { A: "1" }],
    ["names with dots", "a.b-c=1\n", { "a.b-c": "1" }],
    ["a name on its own", "HAVE\nLACK\n", { HAVE: "yes" }],
  ])("%s", (_, text, expected) => {
    expect(variables(text, { HAVE: "yes" })).toEqual(expected);
  });

  it("are checked when they are raw as well", () => {
    const also = { "a.env": "A=1\n =x\nB = 2\nC\n  D D\n" };
    const yaml = "services: {a: {image: x, env_file: [{path: a.env, format: raw}]}}\n";
    expect(headlines(yaml, { also })).toEqual([
      "a.env:2:1: error: line 2: no variable name on line '=x' [env-file]",
      "a.env:3:1: error: line 3: variable 'B ' contains whitespaces [env-file]",
      "a.env:5:1: error: line 5: variable 'D D' contains whitespaces [env-file]",
    ]);
  });

  it("can be raw", () => {
    const also = { "a.env": "A='x' $B # c\n" };
    expect(serviceWith("    env_file: [{path: a.env, format: raw}]", { also }).environment).toEqual({
      A: "'x' $B # c",
    });
  });

  it.each([
    ["A='x\n", "a.env:1:3: error: line 1: unterminated quoted value 'x [env-file]"],
    ["A B=1\n", "a.env:1:2: error: line 1: key cannot contain a space [env-file]"],
    ["OK=1\nA!=1\n", 'a.env:2:2: error: line 2: unexpected character "!" in variable name "A!=1" [env-file]'],
    ["A=${\n", "a.env:1:3: error: invalid interpolation format: ${ [interpolation-syntax]"],
  ])("%j is malformed", (text, headline) => {
    const yaml = "services: {web: {image: x, env_file: a.env}}";
    expect(headlines(yaml, { also: { "a.env": text } })).toEqual([headline]);
  });

  it("are found from the project directory, also where paths stay as they are written", () => {
    const options = { files: ["sub/compose.yaml"], noPathResolution: true };
    const yaml = "services: {web: {image: x, env_file: a.env, label_file: a.labels}}\n";
    const also = { "sub/compose.yaml": yaml, "sub/a.env": "A=1\n", "sub/a.labels": "l=2\n" };
    const { web } = loadOk("", { ...options, also }).services;
    expect([web?.environment, web?.labels]).toEqual([{ A: "1" }, { l: "2" }]);
  });

  it("must be there unless they need not", () => {
    expect(problemsOf("services:\n  web:\n    image: x\n    env_file: no.env\n")).toBe(
      `compose.yaml:4:15: error: env file /project/no.env not found [file-not-found]
  3 |     image: x
  4 |     env_file: no.env
    |               ^^^^^^
`,
    );
    expect(serviceWith("    env_file: [{path: no.env, required: false}]").environment).toBeUndefined();
  });
});

describe("what wins in a container", () => {
  it("is environment over later files over earlier ones", () => {
    const attributes = "    env_file: [a.env, b.env]\n    environment: {C: c, D: , E: }";
    const also = { "a.env": "A=a\nB=a\nC=a\nE=a\n", "b.env": "B=b\nC=b\n" };
    expect(serviceWith(attributes, { also, environment: { D: "d" } }).environment).toEqual({
      A: "a",
      B: "b",
      C: "c",
      D: "d",
      E: null,
    });
  });
});

describe("the environment that fills variables in", () => {
  const yaml = "services: {web: {image: '${V:-none}'}}";
  const image = (options: Parameters<typeof loadOk>[1]) => loadOk(yaml, options).services["web"]?.image;

  it("is the caller's before files, and a later file before an earlier one", () => {
    const also = { ".env": "V=dotenv\n", "a.env": "V=a\n", "b.env": "V=b\n" };
    expect(image({ also })).toBe("dotenv");
    expect(image({ also, environment: { V: "os" } })).toBe("os");
    expect(image({ also, envFiles: ["a.env", "b.env"] })).toBe("b");
    expect(image({ also, environment: { COMPOSE_ENV_FILES: "b.env,a.env" } })).toBe("a");
    expect(image({ also, environment: { COMPOSE_DISABLE_ENV_FILE: "true" } })).toBe("none");
  });

  it("is said once to lack a variable", () => {
    const also = { ".env": "A=$X\nB=$X\n", "compose.override.yaml": "services: {web: {hostname: $X}}\n" };
    expect(headlines("services: {web: {image: x$X}}\n", { also })).toEqual([
      '.env:1:3: warning: The "X" variable is not set. Defaulting to a blank string. [variable-unset]',
    ]);
  });

  it("needs every file that is named", () => {
    expect(headlines(yaml, { envFiles: ["no.env"] })).toEqual([
      "error: couldn't find env file: /project/no.env [file-not-found]",
    ]);
  });
});

describe("files, directory and name of a project", () => {
  const also = { "/project/compose.override.yaml": "services: {web: {hostname: h}}" };
  const yaml = "services: {web: {image: x}}";

  it("come from the default names with an override", () => {
    const project = loadOk(yaml, { also });
    expect(project).toMatchObject({
      name: "project",
      workingDir: "/project",
      configFiles: ["/project/compose.yaml", "/project/compose.override.yaml"],
      services: { web: { hostname: "h" } },
    });
  });

  it("are looked for in the project directory that is given, then here", () => {
    const there = { ...also, "other/compose.yml": "services: {web: {image: there}}" };
    expect(loadOk(yaml, { also: there, projectDirectory: "other/deeper" })).toMatchObject({
      workingDir: "/project/other/deeper",
      configFiles: ["/project/other/compose.yml"],
    });
    expect(loadOk(yaml, { also, projectDirectory: "/elsewhere" })).toMatchObject({
      workingDir: "/elsewhere",
      configFiles: ["/project/compose.yaml", "/project/compose.override.yaml"],
    });
  });

  it("come from -f or COMPOSE_FILE without one", () => {
    expect(loadOk(yaml, { also, files: ["compose.yaml"] }).services["web"]?.hostname).toBeUndefined();
    expect(loadOk(yaml, { also, environment: { COMPOSE_FILE: "compose.yaml" } }).configFiles).toHaveLength(1);
    expect(loadOk("", { files: ["-"], stdin: yaml }).services["web"]?.image).toBe("x");
  });

  it("have a name by -p, variable, file, directory, in this order", () => {
    const named = `name: Fi.le\n${yaml}`;
    expect(loadOk(named, { projectName: "p", environment: { COMPOSE_PROJECT_NAME: "e" } }).name).toBe("p");
    expect(loadOk(named, { environment: { COMPOSE_PROJECT_NAME: "e" } }).name).toBe("e");
    expect(loadOk(named).name).toBe("file");
    expect(headlines(yaml, { projectName: "Not.Good" })[0]).toMatch(
      /^error: invalid project name "Not\.Good": must/,
    );
  });

  it("are missed with advice", () => {
    expect(load(yaml, { files: ["nope.yaml"] }).diagnostics).toMatchObject([
      { code: "file-not-found", message: "nope.yaml: no such file or directory" },
    ]);
  });
});

describe("profiles and selection", () => {
  const yaml = `services:
  web: {image: x, depends_on: [db]}
  db: {image: x}
  debug: {image: x, profiles: [dev], networks: [n]}
  tool: {image: x, profiles: [dev, ops]}
networks: {n: }
`;
  const names = (options: Parameters<typeof loadOk>[1]) => Object.keys(loadOk(yaml, options).services);

  it("leave out services whose profile is not active", () => {
    expect(names({})).toEqual(["web", "db"]);
    expect(Object.keys(loadOk(yaml).disabledServices)).toEqual(["debug", "tool"]);
    expect(names({ profiles: ["ops"] })).toEqual(["web", "db", "tool"]);
    expect(names({ profiles: ["*"] })).toHaveLength(4);
    expect(names({ environment: { COMPOSE_PROFILES: "dev, x" } })).toHaveLength(4);
  });

  it("take named services with what they depend on", () => {
    expect(names({ services: ["web"] })).toEqual(["web", "db"]);
    expect(names({ services: ["web"], includeDependencies: false })).toEqual(["web"]);
    expect(names({ services: ["debug"] })).toEqual(["debug"]);
    expect(names({ services: ["d*"] })).toEqual(["db", "debug"]);
    expect(headlines(yaml, { services: ["wbe"] })).toEqual([
      "error: no such service: wbe [undefined-reference]",
    ]);
  });
});
