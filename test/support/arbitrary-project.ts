// Random projects for property tests: any mix of dependencies, networks, volumes, replicas, health checks, one-shots.

import * as fc from "fast-check";
import type { Project } from "../../src/spec/index.ts";
import { composeProject } from "./compose-project.ts";

interface ServiceShape {
  readonly kind: "plain" | "checked" | "one-shot";
  readonly port: number;
  readonly replicas: number;
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly sharesNetwork: boolean;
  readonly enabled: boolean;
  readonly hooked: boolean;
  /** For each earlier service: how this one depends on it, if it does. */
  readonly dependencies: readonly (
    undefined | { readonly wants: boolean; readonly required: boolean; readonly restart: boolean }
  )[];
}

/** The shape of a project; two of them with the same names are two states of one file. */
export interface ProjectShape {
  readonly services: readonly ServiceShape[];
  readonly internal: boolean;
}

const MOST_SERVICES = 5;

const service: fc.Arbitrary<ServiceShape> = fc.record({
  kind: fc.constantFrom("plain" as const, "checked" as const, "one-shot" as const),
  port: fc.integer({ min: 1, max: 2 }),
  replicas: fc.integer({ min: 0, max: 3 }),
  networks: fc.subarray(["front", "back"]),
  volumes: fc.subarray(["data", "cache"]),
  sharesNetwork: fc.boolean(),
  enabled: fc.constantFrom(true, true, true, false),
  hooked: fc.boolean(),
  dependencies: fc.array(
    fc.option(fc.record({ wants: fc.boolean(), required: fc.boolean(), restart: fc.boolean() }), {
      nil: undefined,
    }),
    { minLength: MOST_SERVICES, maxLength: MOST_SERVICES },
  ),
});

export const projectShape: fc.Arbitrary<ProjectShape> = fc.record({
  services: fc.array(service, { minLength: 1, maxLength: MOST_SERVICES }),
  internal: fc.boolean(),
});

const CONDITIONS = {
  plain: "service_started",
  checked: "service_healthy",
  "one-shot": "service_completed_successfully",
} as const;

function dependsOn(shape: ServiceShape, earlier: readonly ServiceShape[]): Record<string, object> {
  const entries = earlier.flatMap((other, index) => {
    const dependency = shape.dependencies[index];
    if (dependency === undefined || !other.enabled) return [];
    const condition = dependency.wants ? CONDITIONS[other.kind] : "service_started";
    return [
      [`s${index}`, { condition, required: dependency.required, restart: dependency.restart }] as const,
    ];
  });
  return Object.fromEntries(entries);
}

function serviceBody(shape: ServiceShape, earlier: readonly ServiceShape[]): object {
  const parent = earlier.findIndex(
    (other) => other.enabled && other.replicas > 0 && other.kind !== "one-shot",
  );
  const shares = shape.sharesNetwork && parent >= 0;
  return {
    image: "app",
    environment: { PORT: String(shape.port) },
    depends_on: dependsOn(shape, earlier),
    scale: shape.replicas,
    volumes: [...shape.volumes.map((name) => `${name}:/${name}`), "/anonymous"],
    ...(shares ? { network_mode: `service:s${parent}` } : { networks: shape.networks }),
    ...(shape.kind === "checked" ? { healthcheck: { test: ["CMD", "true"], interval: "1ms" } } : {}),
    ...(shape.kind === "one-shot" ? { command: ["true"] } : {}),
    ...(shape.hooked && shape.kind !== "one-shot"
      ? { post_start: [{ command: ["true"] }], pre_stop: [{ command: ["true"] }] }
      : {}),
  };
}

/** A program that ends counts as done only where another service waits for that; elsewhere it would be run again. */
function settled(shape: ProjectShape): readonly ServiceShape[] {
  return shape.services.map((one, index) => {
    const isAwaited = shape.services.some(
      (other, at) => at > index && other.enabled && other.dependencies[index]?.wants === true,
    );
    return one.kind === "one-shot" && !isAwaited ? { ...one, kind: "plain" } : one;
  });
}

/** The project of a shape. */
export function projectOf(source: ProjectShape): Project {
  const shape = { ...source, services: settled(source) };
  const services = shape.services.flatMap((one, index) =>
    one.enabled ? [[`s${index}`, serviceBody(one, shape.services.slice(0, index))] as const] : [],
  );
  const document = {
    name: "demo",
    services: Object.fromEntries(services.length > 0 ? services : [["only", { image: "app" }]]),
    networks: { front: null, back: { internal: shape.internal } },
    volumes: { data: null, cache: null },
  };
  return composeProject(JSON.stringify(document));
}
