// A service as the body of the Engine API's create call. Each file of body/ knows one family of properties.

import type { Project, Service } from "../spec/index.ts";
import { isolationBody, type ContainerOfService } from "./body/isolation.ts";
import { mountsBody } from "./body/mounts.ts";
import { networkingBody, type Endpoint } from "./body/networking.ts";
import { portsBody } from "./body/ports.ts";
import { processBody } from "./body/process.ts";
import { resourcesBody } from "./body/resources.ts";
import type { ApiBody } from "./plan.ts";

/** What a container is made from. */
export interface ContainerSource {
  readonly project: Project;
  readonly service: Service;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly endpoints: readonly Endpoint[];
  /** Volumes taken over from the container that this one replaces: path to volume name. */
  readonly inherited: ReadonlyMap<string, string>;
  readonly containerOf: ContainerOfService;
  readonly apiVersion: string;
}

/** The create body, and the endpoints that have to be connected after the call. */
export function containerBody(source: ContainerSource): {
  readonly body: ApiBody & { readonly Labels: Readonly<Record<string, string>> };
  readonly later: readonly Endpoint[];
} {
  const { project, service, containerOf } = source;
  const ports = portsBody(service);
  const mounts = mountsBody(project, service, source.inherited);
  const { host, networking, later } = networkingBody(service, source.endpoints, source);
  return {
    body: {
      Image: source.image,
      ...processBody(service),
      ...ports.config,
      ...mounts.config,
      // Only old engines look here; the newer ones have it on the endpoint.
      ...(service.mac_address === undefined ? {} : { MacAddress: service.mac_address }),
      Labels: source.labels,
      HostConfig: {
        ...host,
        ...ports.host,
        ...mounts.host,
        ...resourcesBody(service),
        ...isolationBody(service, containerOf),
      },
      ...(networking === undefined ? {} : { NetworkingConfig: networking }),
    },
    later,
  };
}
