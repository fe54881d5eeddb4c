// Labels by which docker compose and Slipway recognise what belongs to a project, and those of our own in which we
// keep what we need to say what has changed.

import type { Project, Service } from "../spec/index.ts";

export const LABEL = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  version: "com.docker.compose.version",
  configHash: "com.docker.compose.config-hash",
  number: "com.docker.compose.container-number",
  oneOff: "com.docker.compose.oneoff",
  dependsOn: "com.docker.compose.depends_on",
  image: "com.docker.compose.image",
  replace: "com.docker.compose.replace",
  workingDir: "com.docker.compose.project.working_dir",
  configFiles: "com.docker.compose.project.config_files",
  environmentFile: "com.docker.compose.project.environment_file",
  network: "com.docker.compose.network",
  volume: "com.docker.compose.volume",
  /** The canonical service that a container was made from, as JSON. */
  slipwayService: "dev.slipway.service",
  /** The definition that a network was made from, as JSON. */
  slipwayNetwork: "dev.slipway.network",
  /** The definition that a volume was made from, as JSON. */
  slipwayVolume: "dev.slipway.volume",
} as const;

/** How docker compose writes down a service's dependencies: `db:service_healthy:false,…`. */
function formatDependsOn(service: Service): string {
  return Object.entries(service.depends_on ?? {})
    .map(([name, { condition, restart }]) => `${name}:${condition}:${restart === true}`)
    .toSorted()
    .join(",");
}

/** The services that the label says a container depends on. */
export function parseDependsOn(label: string | undefined): readonly { service: string; restart: boolean }[] {
  return (label ?? "")
    .split(",")
    .filter((entry) => entry !== "")
    .map((entry) => {
      const [service = "", , restart] = entry.split(":");
      return { service, restart: restart === "true" };
    });
}

/** What the labels of one container are made from. */
export interface ContainerLabelSource {
  readonly project: Project;
  readonly name: string;
  readonly service: Service;
  readonly number: number;
  readonly configHash: string;
  readonly canonical: string;
  /** Absent where the image is yet to be pulled. */
  readonly imageId: string | undefined;
  readonly toolVersion: string | undefined;
  /** The container replaces another. */
  readonly replaces: boolean;
}

/** All labels of a container: the user's first, so that ours win. */
export function containerLabels(source: ContainerLabelSource): Readonly<Record<string, string>> {
  const { project, name, service, number } = source;
  return {
    ...service.labels,
    [LABEL.project]: project.name,
    [LABEL.service]: name,
    [LABEL.oneOff]: "False",
    [LABEL.number]: String(number),
    [LABEL.configHash]: source.configHash,
    [LABEL.dependsOn]: formatDependsOn(service),
    [LABEL.workingDir]: project.workingDir,
    [LABEL.configFiles]: project.configFiles.join(","),
    ...(project.environmentFiles.length > 0
      ? { [LABEL.environmentFile]: project.environmentFiles.join(",") }
      : {}),
    ...(source.imageId === undefined ? {} : { [LABEL.image]: source.imageId }),
    ...(source.toolVersion === undefined ? {} : { [LABEL.version]: source.toolVersion }),
    ...(source.replaces ? { [LABEL.replace]: service.container_name ?? `${name}-${number}` } : {}),
    [LABEL.slipwayService]: source.canonical,
  };
}

/** Labels of a network or volume: the user's, the project's, and the definition it was made from. */
export function resourceLabels(
  kind: "network" | "volume",
  source: {
    readonly project: Project;
    readonly key: string;
    readonly labels: Readonly<Record<string, string>> | undefined;
    readonly definition: string;
    readonly toolVersion: string | undefined;
  },
): Readonly<Record<string, string>> {
  return {
    ...source.labels,
    [LABEL.project]: source.project.name,
    [LABEL[kind]]: source.key,
    ...(source.toolVersion === undefined ? {} : { [LABEL.version]: source.toolVersion }),
    [kind === "network" ? LABEL.slipwayNetwork : LABEL.slipwayVolume]: source.definition,
  };
}
