// What a document must get right across elements: names that exist, attributes that exclude each other, no circles.
import type { CheckContext, CheckedDocument } from "./check-context.ts";
import { checkService } from "./check-service.ts";
import { inDependencyOrder } from "./dependency-order.ts";
import type { NodePath } from "./node.ts";

/** Reports everything that is inconsistent. */
export function checkConsistency(document: CheckedDocument, context: CheckContext): void {
  for (const [name, service] of Object.entries(document.services)) {
    checkService(name, service, document, context);
  }
  checkSecrets(document, context);
  checkExternal(document, context);
  checkContainerNames(document, context);
  checkCycles(document, context);
}

function checkSecrets({ secrets, configs }: CheckedDocument, { report, placeOf }: CheckContext): void {
  for (const [name, secret] of Object.entries(secrets)) {
    if (secret.external === true || secret.driver !== undefined) continue;
    checkOrigin(["secrets", name], [secret.file, secret.environment], "`file` or `environment`");
  }
  for (const [name, config] of Object.entries(configs)) {
    if (config.external === true) continue;
    checkOrigin(
      ["configs", name],
      [config.file, config.environment, config.content],
      "`file`, `environment` or `content`",
    );
  }
  function checkOrigin(path: NodePath, origins: readonly (string | undefined)[], words: string): void {
    const given = origins.filter((origin) => origin !== undefined).length;
    // Only content may be empty.
    const isSaid = origins.some((origin, index) => origin !== undefined && (origin !== "" || index === 2));
    if (given === 1 && isSaid) return;
    const kind = path[0] === "secrets" ? "secret" : "config";
    const message = `${kind} "${path[1]}" must declare ${given > 1 ? "only one of" : "either"} ${words}`;
    report.error("conflict", message, { place: placeOf(path), path });
  }
}

/** What exists already has nothing to say but its name. Of a volume anything more is an error, as it is for docker compose. */
function checkExternal(document: CheckedDocument, { report, placeOf }: CheckContext): void {
  for (const section of ["volumes", "networks", "secrets", "configs"] as const) {
    for (const [key, entry] of Object.entries(document[section])) {
      if (entry.external !== true) continue;
      const extra = Object.entries(entry).find(
        ([name, value]) =>
          name !== "external" && name !== "name" && !name.startsWith("x-") && !isEmpty(value),
      )?.[0];
      if (extra === undefined) continue;
      const path = [section, key, extra];
      const details = { place: placeOf(path), path };
      if (section === "volumes") {
        const message = `volumes.${key}: conflicting parameters "external" and "${extra}" specified`;
        report.error("conflict", message, details);
      } else {
        report.warn("conflict", `${section}.${key}: \`${extra}\` has no effect on what is external`, details);
      }
    }
  }
}

function checkContainerNames({ services }: CheckedDocument, { report, placeOf }: CheckContext): void {
  const users = new Map<string, string>();
  for (const [name, service] of Object.entries(services)) {
    const container = service.container_name;
    if (container === undefined) continue;
    const path = ["services", name, "container_name"];
    const other = users.get(container);
    if (other === undefined) {
      users.set(container, name);
      continue;
    }
    const message = `services.${name}: container name "${container}" is already in use by service ${other}`;
    const related = [{ message: "first used here", place: placeOf(["services", other, "container_name"]) }];
    report.error("conflict", message, { place: placeOf(path), path, related });
  }
}

function checkCycles({ services }: CheckedDocument, { report, keyPlaceOf }: CheckContext): void {
  const dependenciesOf = (name: string): readonly string[] =>
    Object.keys(services[name]?.depends_on ?? {}).filter((other) => Object.hasOwn(services, other));
  inDependencyOrder(Object.keys(services), dependenciesOf, (circle) => {
    const [first = "", last = first] = [circle[0], circle.at(-1)];
    const path = ["services", last, "depends_on", first];
    const message = `dependency cycle detected: ${[...circle, first].join(" -> ")}`;
    report.error("dependency-cycle", message, { place: keyPlaceOf(path), path });
  });
}

function isEmpty(value: unknown): boolean {
  return value === false || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
}
