// The rules of the house: which folder may import which, and what the pure ones must not touch.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");

/** For each room of src/: the rooms it may import. Files directly in src/ are the room "". */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  spec: ["diagnostics"],
  planner: ["diagnostics", "spec"],
  client: ["diagnostics", "spec", "planner"],
  reconciler: ["diagnostics", "spec", "planner", "client"],
  watch: ["diagnostics", "spec", "planner", "client", "reconciler"],
  fixtures: ["diagnostics", "spec", "planner", "client", "reconciler", "watch"],
  cli: ["diagnostics", "spec", "planner", "client", "reconciler", "watch"],
  engine: [],
};

/** Files beside src/ that a file in it may import: data, and what the build makes. */
const BESIDE_SRC: Readonly<Record<string, readonly string[]>> = {
  "../package.json": ["cli/version.ts"],
  "../schema/generated/validate.js": ["spec/schema.ts"],
};

const PURE_ROOMS = ["spec", "planner"];
/** Node's modules that compute without reaching outside. */
const PURE_MODULES = new Set(["node:crypto", "node:path", "node:path/posix"]);

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The imported file relative to src/, for imports within it. */
  readonly file?: string;
  readonly typeOnly: boolean;
}

interface SourceFile {
  readonly path: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}

function roomOf(path: string): string {
  return path.includes("/") ? (path.split("/")[0] ?? "") : "";
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  const onlyTypes =
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every((element) => element.isTypeOnly);
  return clause.name === undefined && onlyTypes;
}

function importsOf(path: string, syntax: ts.SourceFile): readonly Import[] {
  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const within = specifier.startsWith(".");
    const file = within ? relative(SRC, resolve(SRC, dirname(path), specifier)) : undefined;
    imports.push({ from: path, specifier, typeOnly, ...(file === undefined ? {} : { file }) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const { moduleSpecifier } = node;
      if (moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)) {
        add(moduleSpecifier.text, isTypeOnly(node));
      }
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) add(argument.text, false);
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument;
      if (ts.isStringLiteral(literal)) add(literal.text, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return imports;
}

const files: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .toSorted()
  .map((path) => {
    const code = readFileSync(join(SRC, path), "utf8");
    const syntax = ts.createSourceFile(path, code, ts.ScriptTarget.ES2022, true);
    return { path, syntax, imports: importsOf(path, syntax) };
  });

const imports = files.flatMap((file) => file.imports);
const importsWithin = imports.filter(({ file }) => file !== undefined && !file.startsWith("../"));

function show({ from, specifier }: Import): string {
  return `${from} imports ${specifier}`;
}

test("the scanner sees the house", () => {
  const rooms = new Set(files.map(({ path }) => roomOf(path)));
  for (const room of ["diagnostics", "spec", "planner", "client", "reconciler", "engine"]) {
    expect(rooms).toContain(room);
  }
  expect(imports.map(show)).toContain("planner/graph.ts imports dependency-graph");
  expect(imports.map(show)).toContain("reconciler/event.ts imports ../planner/index.ts");
});

test("every room has its rules", () => {
  const rooms = new Set(files.map(({ path }) => roomOf(path)).filter((room) => room !== ""));
  expect([...rooms].filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
});

test("imports go one way", () => {
  const backward = importsWithin.filter(({ from, file }) => {
    if (file === undefined) return false;
    const [room, other] = [roomOf(from), roomOf(file)];
    return room !== other && MAY_IMPORT[room]?.includes(other) !== true;
  });
  expect(backward.map(show)).toEqual([]);
});

test("a room is entered through its index", () => {
  const past = importsWithin.filter(({ from, file }) => {
    if (file === undefined || roomOf(from) === roomOf(file)) return false;
    return file !== `${roomOf(file)}/index.ts`;
  });
  expect(past.map(show)).toEqual([]);
});

test("only what is listed is imported from beside src/", () => {
  const beside = imports.filter(({ file }) => file?.startsWith("../") === true);
  expect(
    beside.filter(({ from, file }) => BESIDE_SRC[file ?? ""]?.includes(from) !== true).map(show),
  ).toEqual([]);
});

/** The first way round found among value imports, as a list of files that ends where it begins. */
function findCycle(): readonly string[] | undefined {
  const targets = new Map(
    files.map(({ path, imports: own }) => [
      path,
      own.flatMap(({ file, typeOnly }) => (file === undefined || typeOnly ? [] : [file])),
    ]),
  );
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (finished.has(path)) return undefined;
    for (const target of targets.get(path) ?? []) {
      const cycle = visit(target, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(path);
    return undefined;
  };
  for (const path of targets.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

test("no file imports itself over others", () => {
  expect(findCycle()).toBeUndefined();
});

test("spec and planner import nothing that reaches outside", () => {
  const reaching = imports.filter(
    ({ from, specifier }) =>
      PURE_ROOMS.includes(roomOf(from)) && specifier.startsWith("node:") && !PURE_MODULES.has(specifier),
  );
  expect(reaching.map(show)).toEqual([]);
});

/** Uses of the clock, of chance, of the process and of the network in a file. */
function outsideUses({ path, syntax }: SourceFile): readonly string[] {
  const globals = new Set([
    "process",
    "performance",
    "fetch",
    "setTimeout",
    "setInterval",
    "setImmediate",
    "console",
  ]);
  const uses: string[] = [];
  const visit = (node: ts.Node): void => {
    const named = ts.isIdentifier(node) && globals.has(node.text);
    const isName =
      ts.isPropertyAccessExpression(node.parent ?? node) &&
      (node.parent as ts.PropertyAccessExpression).name === node;
    const declares =
      node.parent !== undefined &&
      (ts.isPropertyAssignment(node.parent) || ts.isPropertySignature(node.parent));
    if (named && !isName && !declares) uses.push(`${path}: ${node.text}`);
    const text = ts.isPropertyAccessExpression(node) ? node.getText(syntax) : "";
    if (["Date.now", "Math.random"].includes(text)) uses.push(`${path}: ${text}`);
    if (
      ts.isNewExpression(node) &&
      node.expression.getText(syntax) === "Date" &&
      (node.arguments?.length ?? 0) === 0
    ) {
      uses.push(`${path}: new Date()`);
    }
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return uses;
}

test("spec and planner know no clock, no chance, no process", () => {
  const pure = files.filter(({ path }) => PURE_ROOMS.includes(roomOf(path)));
  expect(pure.flatMap(outsideUses)).toEqual([]);
});

function roomsUsing(module: string): readonly string[] {
  const users = imports.filter(({ specifier }) => specifier === module);
  return [...new Set(users.map(({ from }) => roomOf(from)))];
}

test("only the client knows dockerode, only the planner the dependency graph", () => {
  expect(roomsUsing("dockerode")).toEqual(["client"]);
  expect(roomsUsing("dependency-graph")).toEqual(["planner"]);
});
