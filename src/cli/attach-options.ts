// The flags of `up` that decide whose logs are shown, and when it ends.
import type { Project } from "../spec/index.ts";
import { CliError } from "./cli-error.ts";

/** As commander gives them. */
export interface AttachFlags {
  readonly abortOnContainerExit?: true;
  readonly abortOnContainerFailure?: true;
  readonly attach: readonly string[];
  readonly attachDependencies?: true;
  readonly detach?: true;
  readonly exitCodeFrom?: string;
  readonly noAttach: readonly string[];
  readonly noColor?: true;
  readonly noLogPrefix?: true;
  readonly noStart?: true;
  readonly timestamps?: true;
  readonly wait?: true;
  readonly timeout?: number;
}

/** What ends an attached `up` before all containers have ended. */
type CascadeRule = "none" | "any-exit" | "failure";

/** Whether to stay attached, and what then ends it. */
export interface AttachChoice {
  readonly detached: boolean;
  readonly cascade: CascadeRule;
}

/** How an attached `up` shows its services. */
export interface AttachedView {
  /** Services whose logs are shown. */
  readonly services: ReadonlySet<string>;
  /** Services whose containers' ends count: all that were asked for. */
  readonly monitored: ReadonlySet<string>;
  readonly cascade: CascadeRule;
  readonly exitCodeFrom?: string;
  readonly prefix: boolean;
  readonly color: boolean;
  readonly timestamps: boolean;
}

/** Reads the flags; throws CliError with docker compose's texts where they contradict each other. */
export function readAttachFlags(flags: AttachFlags): AttachChoice {
  if (flags.abortOnContainerExit === true && flags.abortOnContainerFailure === true) {
    throw new CliError("--abort-on-container-failure cannot be combined with --abort-on-container-exit");
  }
  const cascade = cascadeOf(flags);
  const attaches = flags.attach.length > 0 || flags.attachDependencies === true;
  if (flags.wait === true && (cascade === "any-exit" || attaches)) {
    throw new CliError(
      "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies",
    );
  }
  const detached = flags.detach === true || flags.wait === true;
  if (detached && (cascade !== "none" || attaches)) {
    const flag = flags.wait === true ? "--wait" : "--detach";
    throw new CliError(
      `${flag} cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch`,
    );
  }
  if (flags.attach.length > 0 && flags.attachDependencies === true) {
    throw new CliError("cannot combine --attach and --attach-dependencies");
  }
  return { detached: detached || flags.noStart === true, cascade };
}

function cascadeOf(flags: AttachFlags): CascadeRule {
  if (flags.abortOnContainerFailure === true) return "failure";
  return flags.abortOnContainerExit === true || flags.exitCodeFrom !== undefined ? "any-exit" : "none";
}

/** Decides whose logs are shown; undefined: `up` does not stay. Throws CliError for services that do not take part. */
export function chooseAttached(choice: {
  readonly project: Project;
  readonly services: readonly string[];
  readonly flags: AttachFlags;
  readonly attach: AttachChoice;
}): AttachedView | undefined {
  const { project, services, flags, attach } = choice;
  const all = Object.keys(project.services);
  if (flags.exitCodeFrom !== undefined && !all.includes(flags.exitCodeFrom)) {
    throw new CliError(`no such service: ${flags.exitCodeFrom}`);
  }
  for (const name of [...flags.attach, ...flags.noAttach]) {
    if (!all.includes(name)) throw new CliError(`cannot attach to services not included in up: ${name}`);
  }
  if (attach.detached) return undefined;
  const selected = services.length === 0 || flags.attachDependencies === true ? all : services;
  const wanted =
    flags.attach.length > 0
      ? flags.attach
      : selected.filter((name) => project.services[name]?.attach !== false);
  return {
    services: new Set(wanted.filter((name) => !flags.noAttach.includes(name))),
    monitored: new Set(services.length === 0 ? all : [...services, ...wanted]),
    cascade: attach.cascade,
    ...(flags.exitCodeFrom === undefined ? {} : { exitCodeFrom: flags.exitCodeFrom }),
    prefix: flags.noLogPrefix !== true,
    color: flags.noColor !== true,
    timestamps: flags.timestamps === true,
  };
}
