// `logs`: what containers have printed, each line with its container's name in front.
import type { LogRequest } from "../../client/index.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { followLogs, printLogs, type LogScope } from "../log-following.ts";
import { LogPrinter } from "../log-printer.ts";
import { parseLogTime } from "../log-time.ts";
import { loadOrName } from "../project.ts";
import { checkServices, listProjectContainers, type ProjectContainer } from "../project-containers.ts";
import { usesColor } from "../render/color.ts";
import type { Project } from "../../spec/index.ts";

interface LogsOptions {
  readonly follow?: true;
  readonly index?: number;
  readonly noColor?: true;
  readonly noLogPrefix?: true;
  readonly since?: string;
  readonly tail?: string;
  readonly timestamps?: true;
  readonly until?: string;
}

/** Runs `logs`. */
export async function runLogs(
  context: CommandContext,
  args: readonly string[],
  options: LogsOptions,
): Promise<number> {
  if (options.index !== undefined && args.length !== 1) {
    throw new CliError("--index requires one service to be selected");
  }
  const request = logRequest(options);
  const { name, project } = loadOrName(context);
  const { client } = await context.connect();
  const all = await listProjectContainers(client, name);
  checkServices(args, { services: Object.keys(project?.services ?? {}), containers: all });
  const containers = all.filter((container) => isWanted(container, { args, options, project }));
  const { globals, env, stdout } = context;
  const color = options.noColor !== true && usesColor(globals.ansi, env, stdout.isTTY === true);
  const printer = new LogPrinter(name, { prefix: options.noLogPrefix !== true, color });
  for (const container of containers) printer.join(container.name);
  const { signal } = context.interrupts;
  const timestamps = options.timestamps === true;
  const scope: LogScope = { client, project: name, printer, request, timestamps, signal };
  if (options.follow === true) await followLogs(containers, scope, stdout);
  else await printLogs(containers, scope, stdout);
  return signal.aborted ? EXIT.cancelled : EXIT.ok;
}

function isWanted(
  container: ProjectContainer,
  wanted: {
    readonly args: readonly string[];
    readonly options: LogsOptions;
    readonly project: Project | undefined;
  },
): boolean {
  const { args, options, project } = wanted;
  if (options.index !== undefined && container.number !== options.index) return false;
  if (args.length > 0) return args.includes(container.service);
  return !container.oneOff && project?.services[container.service]?.attach !== false;
}

function logRequest(options: LogsOptions): Omit<LogRequest, "tty"> {
  const now = Date.now();
  return {
    follow: options.follow === true,
    tail: readTail(options.tail),
    ...(options.since === undefined ? {} : { since: readTime("since", options.since, now) }),
    ...(options.until === undefined ? {} : { until: readTime("until", options.until, now) }),
  };
}

function readTime(flag: string, text: string, now: number): string {
  const time = parseLogTime(text, now);
  if (time !== undefined) return time;
  throw new CliError(`invalid value for "${flag}": "${text}" is no timestamp and no duration such as 42m`);
}

/** As docker reads it: what is no count means all. */
function readTail(text: string | undefined): number | "all" {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : "all";
}
