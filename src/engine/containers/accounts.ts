// Users of a container by name: its own /etc/passwd and /etc/group say who they are.
import { EngineError } from "../errors.ts";

import type { Container } from "./container.ts";
import { readInside } from "./inner-root.ts";
import type { Parts } from "./parts.ts";

/** Numbers of a user and a group inside a container. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Whether a refusal of the native binary is about who a process is to run as: Docker puts nothing before those. */
export function isAboutAccounts(reason: string): boolean {
  return /^(unable to find (user|group) |uids and gids )/.test(reason);
}

/**
 * `name`, `uid`, `name:group`, `uid:gid`; empty is root. A number need not be anybody's. Throws for a name (invalid) that is nobody's there.
 */
export async function findAccount(parts: Parts, container: Container, user: string): Promise<Account> {
  const [name = "", group = ""] = user.split(":");
  const isKnown = isNumber(name) || name === "";
  const line =
    isKnown && group !== ""
      ? undefined
      : await findLine(parts, container, { file: "/etc/passwd", name: name || "0" });
  if (line === undefined && !isKnown) {
    throw new EngineError("invalid", `unable to find user ${name}: no matching entries in passwd file`);
  }
  const uid = isKnown ? Number(name || 0) : Number(line?.[2]);
  return { uid, gid: group === "" ? Number(line?.[3] ?? 0) : await findGroup(parts, container, group) };
}

async function findGroup(parts: Parts, container: Container, group: string): Promise<number> {
  if (isNumber(group)) return Number(group);
  const line = await findLine(parts, container, { file: "/etc/group", name: group });
  if (line === undefined) {
    throw new EngineError("invalid", `unable to find group ${group}: no matching entries in group file`);
  }
  return Number(line[2]);
}

/** The fields of the entry with that name or number. */
async function findLine(
  parts: Parts,
  container: Container,
  wanted: { readonly file: string; readonly name: string },
): Promise<string[] | undefined> {
  const text = (await readInside(parts, container, wanted.file))?.toString("utf8") ?? "";
  const entries = text.split("\n").map((line) => line.split(":"));
  return entries.find(
    (fields) => fields[0] === wanted.name || (isNumber(wanted.name) && fields[2] === wanted.name),
  );
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
