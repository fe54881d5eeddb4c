// The bundled engine's own description of itself, as text.
import { formatTable } from "./table.ts";

/** What `GET /slipway/status` says, as far as it is shown. */
export interface EngineStatus {
  readonly pid: number;
  readonly socket: string;
  readonly root: string;
  readonly mode: string;
  readonly version: string;
  /** By which way what containers send to the world leaves, and why by no better one; an engine of an earlier version does not say. */
  readonly egress?: {
    readonly wish: string;
    readonly pending?: string;
    /** Null while nothing can be sent. */
    readonly way: string | null;
    readonly refused: readonly { readonly way: string; readonly reason: string }[];
  };
  readonly features: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly reason?: string;
    readonly consequence?: string;
    readonly remedy?: string;
  }[];
  /** State files that were found damaged and set aside. */
  readonly damaged: readonly string[];
}

/** Takes the answer for what it says it is; throws where it is none. */
export function readEngineStatus(answer: unknown): EngineStatus {
  if (
    typeof answer !== "object" ||
    answer === null ||
    !("pid" in answer) ||
    !("features" in answer) ||
    !("damaged" in answer)
  ) {
    throw new Error("internal: the engine's status has another form");
  }
  return answer as EngineStatus;
}

function formatEgress({ wish, pending, way, refused }: NonNullable<EngineStatus["egress"]>): string {
  const used = way ?? "not in use yet";
  const why = refused.map(({ way: other, reason }) => `; not ${other}: ${reason}`).join("");
  const later =
    pending === undefined ? "" : `; ${pending} once the engine has been stopped without containers`;
  return `${used}${wish === "auto" ? "" : ` (wished for: ${wish})`}${why}${later}`;
}

/** The engine's data, what the kernel grants, and for what it refuses: the reason, the consequence and the remedy; then what is damaged. */
export function formatEngineStatus(status: EngineStatus): string {
  const { pid, version, mode, socket, root, egress, features, damaged } = status;
  const facts = [
    ["engine", `running, pid ${pid}`],
    ["version", version],
    ["mode", mode],
    ["socket", socket],
    ["state", root],
    ...(egress === undefined ? [] : [["egress", formatEgress(egress)]]),
  ];
  const heading = facts.map(([name = "", text = ""]) => `${name}:`.padEnd(9) + text);
  const table = formatTable(
    ["FEATURE", "STATE"],
    features.map(({ name, available, reason }) => [
      name,
      available ? "yes" : `no${reason === undefined ? "" : ` (${reason})`}`,
    ]),
  );
  const refused = features
    .filter(({ available }) => !available)
    .map(({ name, consequence, remedy }) =>
      [
        `${name}:`,
        ...(consequence === undefined ? [] : [`  consequence: ${consequence}`]),
        ...(remedy === undefined ? [] : [`  remedy: ${remedy}`]),
      ].join("\n"),
    );
  const setAside = [
    "damaged state files:",
    ...damaged.map((path) => `  ${path}`),
    "  consequence: what they described is not there for the engine",
    "  remedy: look into them; once they are removed, or repaired and renamed, start the engine again",
  ].join("\n");
  return [heading.join("\n"), table.trimEnd(), ...refused, ...(damaged.length > 0 ? [setAside] : [])]
    .join("\n\n")
    .concat("\n");
}
