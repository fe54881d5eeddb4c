import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../../src/diagnostics/index.ts";
import { renderConfig, type Project } from "../../src/spec/index.ts";
import { load, type LoadOptions } from "./load-yaml.ts";

const folder = new URL("fixtures/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const options: LoadOptions = {
  environment: { INHERITED: "from the environment", GIT_COMMIT: "0123abc", NPM_TOKEN: "t" },
  profiles: ["*"],
  also: {
    "app.env": 'FROM_APP=1\nexport QUOTED_IN_FILE="a b"\n',
    "db.env": "FROM_DB='2'\n",
    "raw.env": 'RAW="kept"\n',
    "app.labels": "from.file=1\n",
  },
};

/** The project, when nothing whatever is wrong with it. */
function loadCleanly(text: string): Project {
  const { project, diagnostics, sources } = load(text, options);
  expect(renderDiagnostics(diagnostics, { sources })).toBe("");
  if (project === undefined) throw new Error("no project");
  return project;
}

describe("Compose files of well-known shapes", () => {
  it("are many", () => {
    expect(names.length).toBeGreaterThanOrEqual(60);
  });

  it.each(names)("%s loads without a diagnostic, and what `config` prints of it prints the same", (name) => {
    const project = loadCleanly(readFileSync(new URL(name, folder), "utf8"));
    for (const format of ["yaml", "json"] as const) {
      const once = renderConfig(project, format);
      expect(renderConfig(loadCleanly(once), format)).toBe(once);
    }
  });
});
