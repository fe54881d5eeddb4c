// What must hold of any input at all, for property tests.
import { renderDiagnostics } from "../../src/diagnostics/index.ts";
import { renderConfig } from "../../src/spec/index.ts";
import { load, type LoadOptions } from "./load-yaml.ts";

/** Files that documents may name. */
const also = {
  "a.env": "A=1\nB=$A\n",
  "app.env": "A=1\n",
  "web.env": "FROM_FILE=1\n",
  "token.txt": "t",
  "base.yaml": "services: {a: {image: base, ports: [80]}, b: {build: .}, base: {image: b, init: true}}\n",
};

const WHOLE: LoadOptions = { also, profiles: ["*"], allResources: true };

/** Ways of loading texts, by which `config` prints what is right to load again. */
const WAYS: readonly ((text: string, other: string) => readonly [string, LoadOptions])[] = [
  (text) => [text, WHOLE],
  (text) => [text, { also, services: ["a"], explains: true }],
  (text, other) => [text, { ...WHOLE, files: ["compose.yaml", "-"], stdin: other, explains: true }],
  (text, other) => [
    "include: [one.yaml, other.yaml]\n",
    { ...WHOLE, also: { ...also, "one.yaml": text, "other.yaml": other } },
  ],
  (text, other) => [
    "services: {a: {extends: {service: a, file: one.yaml}}, b: {extends: {service: a, file: sub/other.yaml}}}\n",
    { ...WHOLE, also: { ...also, "one.yaml": text, "sub/other.yaml": other } },
  ],
  (text) => [text, { ...WHOLE, noInterpolate: true }],
  (text) => [text, { ...WHOLE, noNormalize: true, noConsistency: true }],
  (text) => [text, { ...WHOLE, noPathResolution: true, noEnvResolution: true }],
];

/**
 * Loads text, perhaps with another one, in one of several ways, and once more what `config` prints of it. Says what is wrong:
 * neither a project nor an error, or printed text that does not load or does not print the same. Nothing may throw on the way.
 */
export function problemWith(text: string, other = "{}", way = 0): string | undefined {
  const [yaml, options] = (WAYS[way] ?? ((only: string) => [only, WHOLE] as const))(text, other);
  const { diagnostics, explain, project, sources } = load(yaml, options);
  renderDiagnostics(diagnostics, { sources });
  if (project === undefined) {
    return diagnostics.some(({ severity }) => severity === "error")
      ? undefined
      : "neither a project nor an error";
  }
  for (const section of ["services", "networks"]) explain?.(section);
  const { noConsistency, noInterpolate, noPathResolution = false, noEnvResolution = false } = options;
  for (const format of ["yaml", "json"] as const) {
    const once = renderConfig(project, format);
    // What was not checked need not be right.
    if (noConsistency === true || noInterpolate === true) continue;
    const again = load(once, { ...WHOLE, noPathResolution, noEnvResolution });
    if (again.project === undefined) {
      return `what is printed does not load:\n${renderDiagnostics(again.diagnostics, again)}`;
    }
    const twice = renderConfig(again.project, format);
    if (twice !== once) return `${format} is printed differently:\n${firstDifference(once, twice)}`;
  }
  return undefined;
}

function firstDifference(once: string, again: string): string {
  const others = again.split("\n");
  const lines = once.split("\n");
  const at = lines.findIndex((line, index) => line !== others[index]);
  return `${lines[at] ?? ""}\n${others[at] ?? ""}`;
}
