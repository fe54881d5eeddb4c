// The containers of a project as the engine lists them, for commands that need no plan.
import type { ContainerListItem, EngineClient } from "../client/index.ts";
import { LABEL } from "../planner/index.ts";
import { CliError } from "./cli-error.ts";

/** One container of a project. */
export interface ProjectContainer {
  readonly id: string;
  /** Without the API's slash. */
  readonly name: string;
  readonly service: string;
  /** Its number among the replicas. */
  readonly number: number;
  readonly oneOff: boolean;
  readonly state: string;
  readonly item: ContainerListItem;
}

/** All containers with the project's label, stopped and one-off ones too, sorted by name. */
export async function listProjectContainers(
  client: EngineClient,
  project: string,
): Promise<readonly ProjectContainer[]> {
  const items = await client.listContainers({ labels: [`${LABEL.project}=${project}`] });
  return items.map(describe).toSorted((a, b) => compareNames(a.name, b.name));
}

/** "web-2" before "web-10". By hand, since loading the rules of a language takes as long as all else that `ps` does. */
export function compareNames(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    // Every second part is a number.
    const order = index % 2 === 1 ? Number(part) - Number(other) : 0;
    if (order !== 0) return order;
    if (part !== other) return part < other ? -1 : 1;
  }
  return left.length - right.length;
}

/** What a listed container is to its project. */
function describe(item: ContainerListItem): ProjectContainer {
  return {
    id: item.Id,
    name: (item.Names[0] ?? item.Id).replace(/^\//, ""),
    service: item.Labels[LABEL.service] ?? "",
    number: Number(item.Labels[LABEL.number] ?? 0),
    oneOff: item.Labels[LABEL.oneOff] === "True",
    state: item.State,
    item,
  };
}

/** Throws CliError for a service that neither the files nor the containers know. */
export function checkServices(
  named: readonly string[],
  known: { readonly services?: readonly string[]; readonly containers: readonly ProjectContainer[] },
): void {
  const names = new Set([...(known.services ?? []), ...known.containers.map(({ service }) => service)]);
  for (const service of named) {
    if (!names.has(service)) throw new CliError(`no such service: ${service}`);
  }
}

/**
 * The container of a service that `--index` means; 0 or absent is the one with the lowest number, one-off containers
 * last. Throws CliError when there is none that runs.
 */
export function pickContainer(
  containers: readonly ProjectContainer[],
  service: string,
  index: number,
): ProjectContainer {
  const running = containers.filter(
    (container) => container.service === service && container.state === "running",
  );
  const found =
    index === 0
      ? running.toSorted((a, b) => Number(a.oneOff) - Number(b.oneOff) || a.number - b.number)[0]
      : running.find((container) => !container.oneOff && container.number === index);
  if (found !== undefined) return found;
  const which = index === 0 ? "" : ` container #${index}`;
  throw new CliError(`service "${service}" is not running${which}`);
}
