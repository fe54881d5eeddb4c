import { describe, expect, it } from "vitest";
import { servicesInDependencyOrder } from "../../src/spec/index.ts";
import { load, type LoadOptions } from "./load-yaml.ts";

const LENGTH = 20_000;
const numbers = Array.from({ length: LENGTH }, (_, index) => index);

/** A service for each number; all but the last have an attribute that names the next. */
function chain(attribute: (next: string) => string): string {
  const services = numbers.map((number) => {
    const rest = number + 1 < LENGTH ? `, ${attribute(`s${number + 1}`)}` : "";
    return `  s${number}: {image: x${rest}}\n`;
  });
  return `services:\n${services.join("")}`;
}

const DEPENDING = chain((next) => `depends_on: [${next}]`);

/** The codes of all diagnostics, each once. */
function codes(yaml: string, options: LoadOptions = {}): readonly string[] {
  return [...new Set(load(yaml, options).diagnostics.map(({ code }) => code))];
}

describe("a chain longer than the stack is deep", () => {
  it("of dependencies is ordered, selected and checked", () => {
    const { diagnostics, project } = load(DEPENDING, { services: ["s0"] });
    if (project === undefined) throw new Error(diagnostics[0]?.message);
    expect(Object.keys(project.services)).toHaveLength(LENGTH);
    expect(servicesInDependencyOrder(project).slice(0, 2)).toEqual(["s19999", "s19998"]);
    const circle = DEPENDING.replace("s19999: {image: x}", "s19999: {image: x, depends_on: [s19998]}");
    expect(load(circle).diagnostics).toMatchObject([
      { code: "dependency-cycle", message: "dependency cycle detected: s19998 -> s19999 -> s19998" },
    ]);
  });

  it("of extensions, inclusions or variables in variables is refused", () => {
    expect(codes(chain((next) => `extends: ${next}`))).toEqual(["not-supported"]);
    const files = numbers
      .slice(0, 1000)
      .map((number) => [`i${number}.yaml`, `include: [i${number + 1}.yaml]\n`]);
    const also = Object.fromEntries(files) as Record<string, string>;
    expect(codes("include: [i0.yaml]\nservices: {a: {image: x}}\n", { also })).toEqual(["not-supported"]);
    const nested = "${A:-".repeat(LENGTH) + "}".repeat(LENGTH);
    expect(codes(`services: {a: {image: "${nested}"}}\n`)).toEqual(["interpolation-syntax"]);
    const options = { also: { "a.env": `A=${nested}\n` } };
    expect(codes("services: {a: {image: x, env_file: a.env}}\n", options)).toEqual(["interpolation-syntax"]);
  });
});
