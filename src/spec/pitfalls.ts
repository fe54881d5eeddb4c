// What is allowed and rarely meant. Warnings only; about the whole document, whatever is selected of it.
import type { CheckContext } from "./check-context.ts";
import type { LoadRequest } from "./host.ts";
import type { Port, Service } from "./model/service.ts";
import type { NormalDocument } from "./normalise.ts";

/** Warns of everything doubtful in a document. */
export function warnOfPitfalls(
  document: NormalDocument,
  context: CheckContext,
  { allResources }: Pick<LoadRequest, "allResources">,
): void {
  for (const [name, service] of Object.entries(document.services)) {
    warnOfPorts(name, service.ports ?? [], context);
  }
  if (allResources !== true) warnOfUnused(document, context);
}

/** Lists of ports grow when files are merged: an override that was to change a port publishes it once more. */
function warnOfPorts(service: string, ports: readonly Port[], { report, placeOf }: CheckContext): void {
  if (ports.length < 2) return;
  const first = new Map<string, number>();
  for (const [index, { target, protocol, host_ip: address = "" }] of ports.entries()) {
    const key = `${target}/${protocol}`;
    const other = first.get(`${address}|${key}`);
    if (other === undefined) {
      first.set(`${address}|${key}`, index);
      continue;
    }
    const path = ["services", service, "ports", String(index)];
    const place = placeOf(path);
    const before = placeOf(["services", service, "ports", String(other)]);
    if (place === undefined || before === undefined || place.source === before.source) continue;
    report.warn(
      "port-published-twice",
      `service "${service}" publishes its port ${key} twice: lists of ports are added up`,
      {
        place,
        path,
        hint: "`ports: !override` replaces the list of the other file",
        related: [{ message: "published here as well", place: before }],
      },
    );
  }
}

const SECTIONS = ["networks", "volumes", "secrets", "configs", "models"] as const;

function warnOfUnused(document: NormalDocument, { report, keyPlaceOf }: CheckContext): void {
  const services = Object.values(document.services);
  for (const section of SECTIONS) {
    const names = Object.keys(document[section]);
    if (names.length === 0) continue;
    const used = new Set<string>();
    for (const service of services) for (const name of namesUsed(service, section)) used.add(name);
    for (const name of names) {
      // The default network may be described for services that are yet to come.
      if (used.has(name) || (section === "networks" && name === "default")) continue;
      const kind = section.slice(0, -1);
      const path = [section, name];
      report.warn("unused-resource", `no service uses ${kind} ${name}`, { place: keyPlaceOf(path), path });
    }
  }
}

function namesUsed(service: Service, section: (typeof SECTIONS)[number]): readonly string[] {
  switch (section) {
    case "networks":
    case "models":
      return Object.keys(service[section] ?? {});
    case "volumes":
      return (service.volumes ?? []).flatMap(({ type, source }) =>
        (type === "volume" || type === "cluster") && source !== undefined ? [source] : [],
      );
    case "secrets":
      return [...(service.secrets ?? []), ...(service.build?.secrets ?? [])].map(({ source }) => source);
    case "configs": {
      const spec = service.credential_spec?.config;
      return [...(service.configs ?? []).map(({ source }) => source), ...(spec === undefined ? [] : [spec])];
    }
  }
}
