// Why an existing container is not what the file asks for now.

import type { Service } from "../spec/index.ts";
import { namespaceMode, type ContainerOfService } from "./body/isolation.ts";
import { endpointsOf } from "./body/networking.ts";
import { volumeName } from "./body/mounts.ts";
import { canonicalService, configHash, describeDifference } from "./config-hash.ts";
import type { PlannedImage } from "./images.ts";
import { LABEL } from "./labels.ts";
import type { ObservedContainer } from "./observed.ts";
import type { UpContext } from "./up-context.ts";

const MADE_ELSEWHERE = "it was made by another tool or version, so what differs is not known";

function configCause(container: ObservedContainer, canonical: string): string | undefined {
  const { [LABEL.configHash]: hash, [LABEL.slipwayService]: text } = container.labels;
  // Equal texts have equal hashes, which take longer to make.
  if (hash !== undefined && text === canonical) return undefined;
  if (hash === configHash(canonical)) return undefined;
  return describeDifference(text, canonical) ?? MADE_ELSEWHERE;
}

function imageCause(container: ObservedContainer, image: PlannedImage | undefined): string | undefined {
  const made = container.labels[LABEL.image];
  const current = image?.observed?.id;
  if (made === undefined || current === undefined || made === current) return undefined;
  return `image ${image?.reference ?? ""} is another now`;
}

function attachmentCause(
  context: UpContext,
  name: string,
  service: Service,
  container: ObservedContainer,
): string | undefined {
  const endpoints = endpointsOf(context.project, name, service, () => undefined);
  const missing = endpoints.find(({ network }) => !container.networks.includes(network));
  if (missing !== undefined) return `it is not on network ${missing.key}`;
  const mounted = new Set(container.mounts.map((mount) => mount.name));
  const absent = (service.volumes ?? []).find((mount) => {
    const volume = volumeName(context.project, mount);
    return volume !== undefined && !mounted.has(volume);
  });
  return absent === undefined ? undefined : `volume ${absent.source ?? ""} is not mounted`;
}

/** A namespace shared with another service's container is lost when that container is gone. */
function namespaceCause(
  service: Service,
  container: ObservedContainer,
  parents: ReadonlyMap<string, ObservedContainer | undefined>,
): string | undefined {
  const pairs = [
    [service.network_mode, container.networkMode],
    [service.pid, container.pidMode],
    [service.ipc, container.ipcMode],
  ] as const;
  for (const [wanted, actual] of pairs) {
    const parentName = sharedService(wanted);
    if (parentName === undefined || wanted === undefined) continue;
    const parent = parents.get(parentName);
    const names: readonly ContainerOfService[] = [() => parent?.id, () => parent?.name];
    if (!names.some((containerOf) => namespaceMode(wanted, containerOf) === actual)) {
      return `it shares a namespace with a container of ${parentName} that is no longer there`;
    }
  }
  return undefined;
}

/** X of `service:X`. */
function sharedService(mode: string | undefined): string | undefined {
  return mode?.startsWith("service:") === true ? mode.slice("service:".length) : undefined;
}

/** The services whose containers have to exist before one of this service can be created. */
export function parentServices(service: Service): readonly string[] {
  const modes = [service.network_mode, service.pid, service.ipc, service.uts].map(sharedService);
  const sources = (service.volumes_from ?? []).filter((entry) => !entry.startsWith("container:"));
  const all = [...modes, ...sources.map((entry) => entry.split(":")[0])];
  return [...new Set(all.filter((name) => name !== undefined))];
}

/** The first reason found why a container has to be replaced, or undefined when it is as it should be. */
export function divergence(source: {
  readonly context: UpContext;
  readonly name: string;
  readonly service: Service;
  readonly image: PlannedImage | undefined;
  readonly container: ObservedContainer;
  /** The containers, as observed, of the services whose namespaces this one shares. */
  readonly parents: ReadonlyMap<string, ObservedContainer | undefined>;
}): string | undefined {
  const { context, name, service, container, image, parents } = source;
  if (container.state === "dead" || container.state === "removing") return `it is ${container.state}`;
  return (
    configCause(container, canonicalService(context.project, name)) ??
    imageCause(container, image) ??
    attachmentCause(context, name, service, container) ??
    namespaceCause(service, container, parents)
  );
}
