// Which images have to be there, and which of them are pulled.

import type { Service } from "../spec/index.ts";
import { imageReference } from "./names.ts";
import type { ObservedImage } from "./observed.ts";
import type { StepId } from "./plan.ts";
import { diagnosticAt, type UpContext } from "./up-context.ts";

/** The image that one service's containers are made from. */
export interface PlannedImage {
  readonly reference: string;
  /** Absent: it is not on the engine yet. */
  readonly observed?: ObservedImage;
  /** The step after which it is there. */
  readonly pulled?: StepId;
}

type Policy = "always" | "missing" | "never" | "build";

const PERIODIC = /^(daily|weekly|refresh|every_.+)$/;

function policyOf(context: UpContext, name: string, service: Service): Policy {
  if (context.options.pull !== undefined) return context.options.pull;
  const policy = service.pull_policy ?? "missing";
  if (PERIODIC.test(policy)) {
    const path = ["services", name, "pull_policy"];
    const message = `pull policy "${policy}" of service "${name}" is not supported yet: the image is pulled only when it is missing`;
    context.builder.report(
      diagnosticAt(context.project, path, { severity: "warning", code: "not-supported", message }),
    );
  }
  return policy === "always" || policy === "never" || policy === "build" ? policy : "missing";
}

function reportMissing(context: UpContext, name: string, service: Service, reference: string): void {
  const builds = service.build !== undefined;
  const about = builds
    ? {
        code: "not-supported" as const,
        message: `service "${name}" has to be built, and building images is not supported yet`,
        hint: `build the image "${reference}" with another tool first`,
      }
    : {
        code: "conflict" as const,
        message: `image "${reference}" of service "${name}" is not on the engine, and the pull policy is "never"`,
      };
  const path = ["services", name, builds ? "build" : "image"];
  context.builder.report(diagnosticAt(context.project, path, { severity: "error", ...about }));
}

/** Adds a step for each image that has to be pulled. */
export function planImages(context: UpContext): ReadonlyMap<string, PlannedImage> {
  const { observed, options, builder, services, project } = context;
  const images = new Map<string, PlannedImage>();
  const usersOf = new Map<string, string[]>();
  for (const [name, service] of services) {
    const reference = imageReference(project, name, service);
    usersOf.set(reference, [...(usersOf.get(reference) ?? []), name]);
  }
  for (const [name, service] of services) {
    const reference = imageReference(project, name, service);
    const present = observed.images[reference];
    const policy = policyOf(context, name, service);
    const refreshes = policy === "always" && service.image !== undefined;
    const pulls = options.pulled?.includes(reference) !== true && (refreshes || present === undefined);
    const cannotPull = policy === "never" || policy === "build" || service.image === undefined;
    if (pulls && cannotPull) reportMissing(context, name, service, reference);
    const id = `pull ${reference}`;
    if (pulls && !cannotPull && !builder.has(id)) {
      const cause = present === undefined ? "it is not on the engine" : "the pull policy is always";
      const { platform } = service;
      builder.add(
        "pullImage",
        id,
        {
          image: reference,
          services: usersOf.get(reference) ?? [],
          ...(platform === undefined ? {} : { platform }),
        },
        { cause },
      );
    }
    images.set(name, {
      reference,
      ...(present === undefined ? {} : { observed: present }),
      ...(builder.has(id) ? { pulled: id } : {}),
    });
  }
  return images;
}
