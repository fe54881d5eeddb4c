// The named volumes that the services need. One that differs from the file is made anew only with the user's consent,
// since its data is lost.

import type { Volume } from "../spec/index.ts";
import { compact } from "./body/process.ts";
import { canonicalVolume, describeDifference } from "./config-hash.ts";
import { LABEL, resourceLabels } from "./labels.ts";
import type { PlannedResource } from "./networks.ts";
import type { ObservedVolume } from "./observed.ts";
import type { ConsentRequest } from "./options.ts";
import type { ApiBody } from "./plan.ts";
import { diagnosticAt, type UpContext } from "./up-context.ts";

function volumeBody(context: UpContext, key: string, volume: Volume): ApiBody & { readonly Name: string } {
  const { project, options } = context;
  return {
    Name: volume.name,
    ...compact({ Driver: volume.driver ?? "local", DriverOpts: volume.driver_opts }),
    Labels: resourceLabels("volume", {
      project,
      key,
      labels: volume.labels,
      definition: canonicalVolume(volume),
      toolVersion: options.toolVersion,
    }),
  };
}

function planExisting(
  context: UpContext,
  entry: { readonly key: string; readonly volume: Volume; readonly existing: ObservedVolume },
): PlannedResource & { readonly consent?: ConsentRequest } {
  const { project, builder, options } = context;
  const { key, volume, existing } = entry;
  if (existing.labels[LABEL.project] !== project.name) {
    const message = `volume "${volume.name}" exists and was not made for project "${project.name}": it is used as it is`;
    const hint = "set `external: true` to say that this is meant";
    const about = { severity: "warning", code: "conflict", message, hint } as const;
    builder.report(diagnosticAt(project, ["volumes", key], about));
    return {};
  }
  const cause = describeDifference(existing.labels[LABEL.slipwayVolume], canonicalVolume(volume));
  if (cause === undefined) return {};
  if (options.recreateVolumes?.includes(key) !== true) {
    const message = `volume "${volume.name}" differs from the file (${cause}) and is kept, since its data would be lost`;
    builder.report(
      diagnosticAt(project, ["volumes", key], { severity: "warning", code: "conflict", message }),
    );
    return { consent: { volume: key, name: volume.name, cause } };
  }
  const step = builder.add(
    "removeVolume",
    `remove volume ${volume.name}`,
    { name: volume.name },
    { cause, destructive: true },
  );
  const ready = builder.add(
    "createVolume",
    `create volume ${volume.name}`,
    { name: volume.name, body: volumeBody(context, key, volume) },
    { cause, after: [step] },
  );
  return { ready, removed: { step, cause: `volume ${key} is made anew` } };
}

/** Adds the steps for the volumes that the services mount. The answer is by the engine's name. */
export function planVolumes(context: UpContext): {
  readonly volumes: ReadonlyMap<string, PlannedResource>;
  readonly consent: readonly ConsentRequest[];
} {
  const { project, observed, builder, services } = context;
  const mounts = services.flatMap(([, service]) => service.volumes ?? []);
  const used = new Set(mounts.flatMap((mount) => (mount.type === "volume" ? [mount.source] : [])));
  const volumes = new Map<string, PlannedResource>();
  const consent: ConsentRequest[] = [];
  for (const [key, volume] of Object.entries(project.volumes)) {
    if (!used.has(key)) continue;
    const existing = observed.volumes[volume.name];
    if (volume.external === true) {
      if (existing === undefined) {
        const message = `volume "${volume.name}" is declared as external, but could not be found`;
        const about = { severity: "error", code: "undefined-reference", message } as const;
        builder.report(diagnosticAt(project, ["volumes", key], about));
      }
    } else if (existing !== undefined) {
      const { consent: request, ...planned } = planExisting(context, { key, volume, existing });
      volumes.set(volume.name, planned);
      if (request !== undefined) consent.push(request);
    } else {
      const ready = builder.add(
        "createVolume",
        `create volume ${volume.name}`,
        { name: volume.name, body: volumeBody(context, key, volume) },
        { cause: "it does not exist" },
      );
      volumes.set(volume.name, { ready });
    }
  }
  return { volumes, consent };
}
