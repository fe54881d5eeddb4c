import { describe, expect, it } from "vitest";
import { load } from "./load-yaml.ts";

/** What is said of a document: the code, the place and the path. */
function said(yaml: string): readonly string[] {
  const { diagnostics } = load(yaml, { also: { "folder/x": "", "nothing.yaml": "name: n\n" } });
  return diagnostics.map(
    ({ code, span, path }) => `${code} ${span?.line}:${span?.column} ${path?.join(".") ?? "no path"}`,
  );
}

describe("a file that cannot be read", () => {
  it.each([
    ["include: [{path: [nothing.yaml, gone.yaml]}]", "file-not-found 1:33 include.0"],
    ["include: [folder]", "file-unreadable 1:11 include.0"],
    ["include: [{path: nothing.yaml, env_file: gone.env}]", "file-not-found 1:42 include.0.env_file"],
    ["include: [{path: nothing.yaml, env_file: [folder]}]", "file-unreadable 1:43 include.0.env_file"],
    [
      "services: {a: {extends: {service: b, file: gone.yaml}, image: x}}",
      "file-not-found 1:44 services.a.extends.file",
    ],
    [
      "services: {a: {extends: {service: b, file: nothing.yaml}, image: x}}",
      "undefined-reference 1:44 services.a.extends.file",
    ],
    [
      "services: {a: {extends: {service: b, file: 'oci://x/y'}, image: x}}",
      "not-supported 1:44 services.a.extends.file",
    ],
    ["services: {a: {image: x, env_file: gone.env}}", "file-not-found 1:36 services.a.env_file.0"],
    ["services: {a: {image: x, env_file: [folder]}}", "file-unreadable 1:37 services.a.env_file.0"],
    ["services: {a: {image: x, label_file: gone.l}}", "file-not-found 1:38 services.a.label_file.0"],
    ["services: {a: {image: x, label_file: [folder]}}", "file-unreadable 1:39 services.a.label_file.0"],
  ])("is named at its place: %s", (yaml, expected) => {
    expect(said(`${yaml}\n`)[0]).toBe(expected);
  });

  it("is not read in a format that there is not", () => {
    expect(said("services: {a: {image: x, env_file: [{path: folder, format: odd}]}}\n")).toEqual([
      "invalid-value 1:60 services.a.env_file.0.format",
    ]);
  });
});

describe("YAML that means nothing here", () => {
  it.each([
    ["services: {a: {image: x, labels: {<<: 5}}}", "wrong-type 1:35 services.a.labels.<<"],
    ["services: {a: {image: !odd x}}", "not-supported 1:28 services.a.image"],
    ["services: {a: !odd {image: x}}", "not-supported 1:20 services.a"],
  ])("is named at its place: %s", (yaml, expected) => {
    expect(said(`${yaml}\n`)).toEqual([expected]);
  });
});
