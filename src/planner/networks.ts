// The networks that the services need: made where they are missing, made anew where the file now says otherwise.

import type { IpamPool, Network } from "../spec/index.ts";
import { compact } from "./body/process.ts";
import { canonicalNetwork, describeDifference } from "./config-hash.ts";
import { LABEL, resourceLabels } from "./labels.ts";
import type { ObservedNetwork } from "./observed.ts";
import type { ApiBody, StepId } from "./plan.ts";
import { diagnosticAt, type UpContext } from "./up-context.ts";

/** A network or volume of the project, by the engine's name. */
export interface PlannedResource {
  /** The step after which it can be used; absent: it can be already. */
  readonly ready?: StepId;
  /** Set where it is removed and made again: the step that everything using it has to get out of the way of. */
  readonly removed?: { readonly step: StepId; readonly cause: string };
}

function poolBody({ subnet, ip_range, gateway, aux_addresses }: IpamPool): ApiBody {
  return compact({ Subnet: subnet, IPRange: ip_range, Gateway: gateway, AuxiliaryAddresses: aux_addresses });
}

function ipamBody(network: Network): ApiBody | undefined {
  const { ipam } = network;
  if (ipam === undefined) return undefined;
  return compact({ Driver: ipam.driver, Config: ipam.config?.map(poolBody), Options: ipam.options });
}

function networkBody(context: UpContext, key: string, network: Network): ApiBody & { readonly Name: string } {
  const { project, options } = context;
  return {
    Name: network.name,
    ...compact({
      Driver: network.driver ?? "bridge",
      Options: network.driver_opts,
      Internal: network.internal,
      Attachable: network.attachable,
      EnableIPv4: network.enable_ipv4,
      EnableIPv6: network.enable_ipv6,
      IPAM: ipamBody(network),
    }),
    Labels: resourceLabels("network", {
      project,
      key,
      labels: network.labels,
      definition: canonicalNetwork(network),
      toolVersion: options.toolVersion,
    }),
  };
}

function planExisting(
  context: UpContext,
  key: string,
  network: Network,
  existing: ObservedNetwork,
): PlannedResource {
  const { project, builder } = context;
  if (existing.labels[LABEL.project] !== project.name) {
    const message = `network "${network.name}" exists and was not made for project "${project.name}": it is used as it is`;
    const hint = "set `external: true` to say that this is meant";
    const about = { severity: "warning", code: "conflict", message, hint } as const;
    builder.report(diagnosticAt(project, ["networks", key], about));
    return {};
  }
  const cause = describeDifference(existing.labels[LABEL.slipwayNetwork], canonicalNetwork(network));
  if (cause === undefined) return {};
  const step = builder.add(
    "removeNetwork",
    `remove network ${network.name}`,
    { name: network.name, id: existing.id },
    { cause },
  );
  const ready = builder.add(
    "createNetwork",
    `create network ${network.name}`,
    { name: network.name, body: networkBody(context, key, network) },
    { cause, after: [step] },
  );
  return { ready, removed: { step, cause: `network ${key} is made anew` } };
}

/** Adds the steps for the networks that the services are on. The answer is by the engine's name. */
export function planNetworks(context: UpContext): ReadonlyMap<string, PlannedResource> {
  const { project, observed, builder, services } = context;
  const used = new Set(services.flatMap(([, service]) => Object.keys(service.networks ?? {})));
  const planned = new Map<string, PlannedResource>();
  for (const [key, network] of Object.entries(project.networks)) {
    if (!used.has(key)) continue;
    const existing = observed.networks[network.name];
    if (network.external === true) {
      if (existing === undefined) {
        const message = `network "${network.name}" is declared as external, but could not be found`;
        const about = { severity: "error", code: "undefined-reference", message } as const;
        builder.report(diagnosticAt(project, ["networks", key], about));
      }
      planned.set(network.name, {});
    } else if (existing !== undefined) {
      planned.set(network.name, planExisting(context, key, network, existing));
    } else {
      const ready = builder.add(
        "createNetwork",
        `create network ${network.name}`,
        { name: network.name, body: networkBody(context, key, network) },
        { cause: "it does not exist" },
      );
      planned.set(network.name, { ready });
    }
  }
  return planned;
}
