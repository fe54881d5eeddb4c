// `config`: the files checked, and the project in canonical form or one aspect of it.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  renderConfig,
  servicesInDependencyOrder,
  writeYaml,
  type Explanation,
  type ExplainResult,
  type LoadResult,
  type Project,
  type VariableUse,
} from "../../spec/index.ts";
import { CliError } from "../cli-error.ts";
import { stderrPaint, type CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { loadAll } from "../project.ts";
import { formatDiagnostics, jsonDiagnostics } from "../render/diagnostic.ts";
import { formatExplanations } from "../render/explanation.ts";
import { formatTable } from "../render/table.ts";

interface ConfigOptions {
  readonly environment?: true;
  readonly explain?: string;
  readonly format?: string;
  readonly hash?: string;
  readonly images?: true;
  readonly lockImageDigests?: true;
  readonly models?: true;
  readonly networks?: true;
  readonly noConsistency?: true;
  readonly noEnvResolution?: true;
  readonly noInterpolate?: true;
  readonly noNormalize?: true;
  readonly noPathResolution?: true;
  readonly output?: string;
  readonly profiles?: true;
  readonly quiet?: true;
  readonly resolveImageDigests?: true;
  readonly services?: true;
  readonly variables?: true;
  readonly volumes?: true;
}

/** Runs `config`. */
export async function runConfig(
  context: CommandContext,
  args: readonly string[],
  options: ConfigOptions,
): Promise<number> {
  const format = options.format ?? "yaml";
  if (format !== "yaml" && format !== "json") {
    throw new CliError(`unsupported format "${format}", use "yaml" or "json"`);
  }
  const loaded = loadAll(
    context,
    {
      services: args,
      noConsistency: options.noConsistency === true,
      noEnvResolution: options.noEnvResolution === true,
      // What variables there are can be told before any has a value.
      noInterpolate: options.noInterpolate === true || options.variables === true,
      noNormalize: options.noNormalize === true,
      noPathResolution: options.noPathResolution === true,
      explains: options.explain !== undefined,
    },
    options.format === "json" ? "json" : "text",
  );
  if (context.globals.engine !== undefined) await warnOfEngineLimits(context, loaded, options.format);
  if (options.quiet === true) return EXIT.ok;
  const text =
    (await aspect(loaded, options, format)) ??
    (await wholeProject(loaded.project, { context, options, format }));
  if (options.output === undefined) context.stdout.write(text);
  else writeOutput(resolve(context.cwd, options.output), text);
  return EXIT.ok;
}

/** Where the engine is named, what it would leave out is said as well. */
async function warnOfEngineLimits(
  context: CommandContext,
  { project, sources }: LoadResult & { readonly project: Project },
  format: string | undefined,
): Promise<void> {
  const [{ effectlessAttributes, wantedResources }, { observeEngine }] = await Promise.all([
    import("../../planner/index.ts"),
    import("../../reconciler/index.ts"),
  ]);
  const { client } = await context.connect();
  const engine = await observeEngine(client, wantedResources(project));
  const names = Object.keys(project.services);
  const diagnostics = names.flatMap((name) => effectlessAttributes(project, name, engine));
  const view = { sources, paint: stderrPaint(context) };
  context.stderr.write(
    format === "json" ? jsonDiagnostics(diagnostics) : formatDiagnostics(diagnostics, view),
  );
}

interface WholeProject {
  readonly context: CommandContext;
  readonly options: ConfigOptions;
  readonly format: "yaml" | "json";
}

async function wholeProject(project: Project, { context, options, format }: WholeProject): Promise<string> {
  // Text that was not filled in is printed as it is written.
  const escapes = options.noInterpolate !== true;
  if (options.resolveImageDigests !== true && options.lockImageDigests !== true) {
    return renderConfig(project, format, { escapes });
  }
  const { imagesOnly, withDigests } = await import("./image-digests.ts");
  const { images } = await context.connect();
  const exact = await withDigests(project, (image) => images.digestInRegistry(image));
  if (options.lockImageDigests !== true) return renderConfig(exact, format, { escapes });
  return format === "json"
    ? `${JSON.stringify(imagesOnly(exact), undefined, 2)}\n`
    : writeYaml(imagesOnly(exact));
}

function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CliError(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The aspect that a flag asks for, in docker compose's order of precedence; undefined: the whole. */
async function aspect(
  { project, variables, explain }: LoadResult & { readonly project: Project },
  options: ConfigOptions,
  format: "yaml" | "json",
): Promise<string | undefined> {
  if (options.explain !== undefined && explain !== undefined) {
    return formatExplanations(explanationsOf(options.explain, explain), format);
  }
  if (options.services === true) return lines(servicesInDependencyOrder(project));
  if (options.volumes === true) return lines(Object.keys(project.volumes));
  if (options.networks === true) return lines(Object.keys(project.networks));
  if (options.models === true) return lines(Object.keys(project.models));
  if (options.hash !== undefined) return lines(await hashes(project, options.hash));
  if (options.profiles === true) return lines(profiles(project));
  if (options.images === true) {
    const { wantedResources } = await import("../../planner/index.ts");
    const hooks = Object.values(project.services).flatMap((service) => service.pre_start ?? []);
    const images = [...wantedResources(project).images, ...hooks.flatMap(({ image }) => image ?? [])];
    return lines([...new Set(images)]);
  }
  if (options.variables === true) return variableTable(variables, options.format);
  if (options.environment === true) {
    const entries = Object.entries(project.environment).map(([name, value]) => `${name}=${value}`);
    return lines(entries.toSorted());
  }
  return undefined;
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join("");
}

function explanationsOf(path: string, explain: (path: string) => ExplainResult): readonly Explanation[] {
  const result = explain(path);
  if (result.ok) return result.explanations;
  const { suggestion } = result;
  const hint = suggestion === undefined ? {} : { hint: `did you mean \`${suggestion}\`?` };
  throw new CliError(`the project has nothing at ${path}`, hint);
}

async function hashes(project: Project, selection: string): Promise<string[]> {
  const { canonicalService, configHash } = await import("../../planner/index.ts");
  const names = selection === "*" ? Object.keys(project.services) : selection.split(",");
  return names.toSorted().map((name) => {
    if (project.services[name] === undefined) throw new CliError(`no such service: ${name}`);
    return `${name} ${configHash(canonicalService(project, name))}`;
  });
}

function profiles(project: Project): string[] {
  const services = [...Object.values(project.services), ...Object.values(project.disabledServices)];
  return [...new Set(services.flatMap((service) => service.profiles ?? []))].toSorted();
}

function variableTable(variables: readonly VariableUse[], format: string | undefined): string {
  if (format !== undefined) {
    const byName = Object.fromEntries(
      variables.map(({ name, required, defaultValue, alternateValue }) => [
        name,
        { Name: name, DefaultValue: defaultValue, PresenceValue: alternateValue, Required: required },
      ]),
    );
    return format === "json" ? `${JSON.stringify(byName, undefined, 4)}\n` : writeYaml(byName);
  }
  return formatTable(
    ["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"],
    variables.map((use) => [use.name, String(use.required), use.defaultValue, use.alternateValue]),
  );
}
