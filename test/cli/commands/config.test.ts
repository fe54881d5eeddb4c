// `config` of the built program: what each flag prints.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSlipway, type CliResult } from "../../support/cli.ts";

const YAML = `name: demo
services:
  web:
    image: app:\${TAG:-1}
    environment: { PORT: "\${PORT}" }
    depends_on: [db]
    models: [llm]
    ports: ["\${PORT}:80"]
  db:
    image: db
    volumes: ["data:/data"]
    profiles: [store]
    pre_start: [{ command: init }, { command: fill, image: tools }]
networks: { default: { name: shared } }
volumes: { data: }
models: { llm: { model: m } }
`;

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-config-"));
  await writeFile(join(folder, "compose.yaml"), YAML);
  await writeFile(join(folder, ".env"), "PORT=8080\n");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function config(...args: string[]): Promise<CliResult> {
  return runSlipway(["--profile", "store", "config", ...args], { cwd: folder, env: {} });
}

describe("config", () => {
  it.each([
    ["--services", "db\nweb\n"],
    ["--volumes", "data\n"],
    ["--networks", "default\n"],
    ["--models", "llm\n"],
    ["--profiles", "store\n"],
    ["--images", "app:1\ndb\ntools\n"],
    ["--quiet", ""],
  ])("%s", async (flag, expected) => {
    expect(await config(flag)).toMatchObject({ code: 0, stdout: expected, stderr: "" });
  });

  it("--variables as a table, YAML and JSON", async () => {
    expect((await config("--variables")).stdout).toMatch(
      /^NAME +REQUIRED +DEFAULT VALUE +ALTERNATE VALUE\nPORT +false *\nTAG +false +1 *\n$/,
    );
    expect((await config("--variables", "--format", "yaml")).stdout).toContain(
      'TAG:\n  Name: TAG\n  DefaultValue: "1"\n  PresenceValue: ""\n  Required: false\n',
    );
    expect(JSON.parse((await config("--variables", "--format", "json")).stdout)).toMatchObject({
      PORT: { Name: "PORT", DefaultValue: "", Required: false },
    });
  });

  it("--variables lists what is missing, too", async () => {
    await writeFile(
      join(folder, "compose.yaml"),
      "services: {a: {image: 'x:${TAG:?which}', cpus: '$CPUS'}}\n",
    );
    expect(await config("--variables")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\nCPUS +false.*\nTAG +true/) as string,
      stderr: "",
    });
  });

  it("--environment has the variables of the files", async () => {
    expect((await config("--environment")).stdout.split("\n")).toContain("PORT=8080");
  });

  it("--no-interpolate keeps text as written, also where it is no port yet", async () => {
    const { code, stdout } = await config("--no-interpolate");
    expect(code).toBe(0);
    expect(stdout).toContain('image: "app:${TAG:-1}"\n');
    expect(stdout).toContain('- "${PORT}:80"\n');
  });

  it("--no-normalize adds nothing that is implied", async () => {
    const { stdout } = await config("--no-normalize");
    expect(stdout).toMatch(/^volumes:\n {2}data: \{\}$/m);
    expect(stdout).not.toContain("    networks:");
    expect((await config()).stdout).toMatch(/^volumes:\n {2}data:\n {4}name: demo_data$/m);
  });

  it("--output writes a file that says the same", async () => {
    const printed = (await config()).stdout;
    expect((await config("--output", "out.yaml")).stdout).toBe("");
    expect(await readFile(join(folder, "out.yaml"), "utf8")).toBe(printed);
    expect(
      (await runSlipway(["-f", "out.yaml", "--profile", "*", "config"], { cwd: folder, env: {} })).stdout,
    ).toBe(printed);
  });

  it("--explain shows where a value comes from", async () => {
    const { stdout } = await config("--explain", "services.web.environment.PORT");
    expect(stdout).toBe(`services.web.environment.PORT: "8080"
  from compose.yaml:5:26
    | environment: { PORT: "\${PORT}" }
    PORT="8080" from .env:1:6
`);
    const wrong = await config("--explain", "services.web.enviroment");
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toContain("did you mean `services.web.environment`?");
  });

  it("--format json says what is wrong as JSON, all of it", async () => {
    await writeFile(join(folder, "compose.yaml"), "services:\n  a: {imag: x}\n  b: {image: [], prts: 1}\n");
    const { code, stdout, stderr } = await config("--quiet", "--format", "json");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const diagnostics = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(diagnostics).toMatchObject([
      {
        code: "unknown-key",
        path: ["services", "a", "imag"],
        span: { file: "compose.yaml", line: 2, column: 7 },
      },
      { code: "wrong-type", path: ["services", "b", "image"] },
      { code: "unknown-key", path: ["services", "b", "prts"] },
    ]);
  });
});
