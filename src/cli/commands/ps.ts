// `ps`: the containers of the project.
import type { CommandContext } from "../context.ts";
import { CliError } from "../cli-error.ts";
import { EXIT } from "../exit-codes.ts";
import { loadOrName } from "../project.ts";
import { checkServices, listProjectContainers, type ProjectContainer } from "../project-containers.ts";
import {
  psRecord,
  psRow,
  psTemplateData,
  PS_HEADING,
  PS_TEMPLATE_HEADINGS,
  type RowView,
} from "../render/container-row.ts";
import { formatTable } from "../render/table.ts";
import { readTemplate } from "../render/template.ts";

interface PsOptions {
  readonly all?: true;
  readonly filter: readonly string[];
  readonly format?: string;
  readonly noTrunc?: true;
  readonly quiet?: true;
  readonly services?: true;
  readonly status: readonly string[];
}

const STATES = ["paused", "restarting", "removing", "running", "dead", "created", "exited"];

/** Runs `ps`. */
export async function runPs(
  context: CommandContext,
  args: readonly string[],
  options: PsOptions,
): Promise<number> {
  const format = options.format ?? "table";
  const show = format === "json" ? showJson : format === "table" ? showTable : templateView(format);
  const statuses = wantedStatuses(options);
  const { name, project } = loadOrName(context);
  const { client } = await context.connect();
  const all = await listProjectContainers(client, name);
  const services =
    project === undefined ? [] : Object.keys({ ...project.services, ...project.disabledServices });
  checkServices(args, { services, containers: all });
  const shown = all.filter((container) => isShown(container, { args, options, statuses }));
  context.stdout.write(render(shown, options, show));
  return EXIT.ok;
}

function wantedStatuses(options: PsOptions): readonly string[] {
  const fromFilters = options.filter.map((filter) => {
    const [key = "", value = ""] = filter.split(/=(.*)/s);
    if (key === "status" && value !== "") return value;
    if (key === "source") throw new CliError("filter source is not supported");
    throw new CliError(value === "" ? `invalid filter ${filter}` : `unknown filter ${key}`);
  });
  const statuses = [...options.status, ...fromFilters];
  for (const status of statuses) {
    if (!STATES.includes(status))
      throw new CliError(`unknown status "${status}", use one of ${STATES.join(", ")}`);
  }
  return statuses;
}

function isShown(
  container: ProjectContainer,
  wanted: {
    readonly args: readonly string[];
    readonly options: PsOptions;
    readonly statuses: readonly string[];
  },
): boolean {
  const { args, options, statuses } = wanted;
  if (args.length > 0 && !args.includes(container.service)) return false;
  if (statuses.length > 0) return statuses.includes(container.state);
  if (options.all === true) return true;
  return !container.oneOff && ["running", "paused", "restarting"].includes(container.state);
}

type Show = (shown: readonly ProjectContainer[], view: RowView) => string;

const showTable: Show = (shown, view) =>
  formatTable(
    PS_HEADING,
    shown.map((container) => psRow(container, view)),
  );

const showJson: Show = (shown, view) =>
  shown.map((container) => `${JSON.stringify(psRecord(container, view))}\n`).join("");

/** `TEMPLATE`, a line for each container, or `table TEMPLATE`, with a heading and columns where the template has tabs. */
function templateView(format: string): Show {
  const [, table, text = ""] = /^(table\s+)?(.*)$/s.exec(format) ?? [];
  if (!text.includes("{{")) {
    throw new CliError(
      `unsupported format "${format}", use "table", "json" or a template such as "{{.Name}}"`,
    );
  }
  const template = readTemplate(text);
  return (shown, view) => {
    const lines = shown.map((container) => template(psTemplateData(container, view)));
    if (table === undefined) return lines.map((line) => `${line}\n`).join("");
    const heading = template(PS_TEMPLATE_HEADINGS);
    return formatTable(
      heading.split("\t"),
      lines.map((line) => line.split("\t")),
    );
  };
}

function render(shown: readonly ProjectContainer[], options: PsOptions, show: Show): string {
  if (options.quiet === true) return shown.map(({ id }) => `${id}\n`).join("");
  if (options.services === true) {
    return [...new Set(shown.map(({ service }) => service))].map((service) => `${service}\n`).join("");
  }
  return show(shown, { truncate: options.noTrunc !== true, now: Date.now() });
}
