// `CgroupParent`: containers whose groups lie below one that their user names. As with Docker's cgroupfs driver it is a path in every
// hierarchy; what the engine has made of it goes with the last container in it.
import { existsSync, mkdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { makeGroup } from "../cgroup-layout.ts";
import type { CgroupLayout, EngineContext } from "../collaborators.ts";
import { EngineError } from "../errors.ts";
import { readStateFile, writeStateFile } from "../state-file.ts";

/** In the state directory: the groups that the engine has made, as paths. */
const NOTE = "cgroup-parents.json";

/** The layout with the named group in the place of the engine's own; empty: its own. No `..` leads out. */
export function layoutBelow(layout: CgroupLayout, parent: string): CgroupLayout {
  if (parent === "") return layout;
  const path = posix.resolve("/", parent);
  const directories = Object.entries(layout.tops).map(([controller, top]) => [controller, join(top, path)]);
  return { ...layout, directories: Object.fromEntries(directories) as CgroupLayout["directories"] };
}

/** Says when a named group has no effect, as there is no hierarchy that the engine may make groups in. */
export function cgroupParentWarnings(layout: CgroupLayout, parent: string): string[] {
  if (parent === "" || Object.keys(layout.tops).length > 0) return [];
  return [
    `Your user may not make control groups, or they are not mounted. Parent group ${parent} discarded.`,
  ];
}

/** The groups' changes, one at a time: a group that one container has just made empty is not taken from the next. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Makes the named groups, and in them those of the container, which keep them from being taken away again. Throws EngineError (failed) for
 * one that cannot have groups below it.
 */
export function makeCgroupParent(context: EngineContext, parent: string, id: string): Promise<void> {
  return parent === "" ? Promise.resolve() : inTurn(() => make(context, parent, id));
}

/** Takes away what the engine has made and nothing lives in any more. */
export function removeCgroupParents(context: EngineContext): Promise<void> {
  return inTurn(async () => {
    const made = await readNote(context);
    if (made.length > 0)
      await writeNote(
        context,
        made
          .toReversed()
          .filter((group) => !isRemoved(group))
          .toReversed(),
      );
  });
}

function inTurn(change: () => Promise<void>): Promise<void> {
  const result = turn.then(change);
  turn = result.catch(() => undefined);
  return result;
}

async function make(context: EngineContext, parent: string, id: string): Promise<void> {
  const layout = layoutBelow(context.cgroups, parent);
  const levels = [
    ...new Set(
      Object.entries(layout.directories).flatMap(([controller, directory]) => {
        return levelsBetween(layout.tops[controller as keyof CgroupLayout["tops"]] ?? directory, directory);
      }),
    ),
  ];
  const missing = levels.filter((level) => !existsSync(level));
  if (missing.length > 0) await writeNote(context, [...(await readNote(context)), ...missing]);
  try {
    for (const level of levels) makeGroup(layout, level);
    for (const directory of new Set(Object.values(layout.directories))) {
      mkdirSync(join(directory, id), { recursive: true });
    }
  } catch (error) {
    throw new EngineError("failed", `cgroup parent ${parent}: ${(error as Error).message}`, { cause: error });
  }
}

/** From the one below `top` down to `directory`; the top itself where that is the directory. */
function levelsBetween(top: string, directory: string): string[] {
  if (directory === top) return [top];
  const above = dirname(directory);
  return above === top ? [directory] : [...levelsBetween(top, above), directory];
}

function isRemoved(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

async function readNote({ root, log }: EngineContext): Promise<string[]> {
  const note = await readStateFile(join(root, NOTE), { log, isWhole: isListOfPaths });
  return (note ?? []) as string[];
}

function isListOfPaths(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

async function writeNote({ root }: EngineContext, groups: readonly string[]): Promise<void> {
  if (groups.length > 0) await writeStateFile(join(root, NOTE), groups);
  else rmSync(join(root, NOTE), { force: true });
}
