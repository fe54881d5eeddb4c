// Which variables a text was filled in with, for whoever asks where a value comes from.
import type { UsedVariable } from "./history.ts";
import type { Place } from "./node.ts";
import type { Lookup } from "./template.ts";
import { substitute, variablesIn } from "./template.ts";

/** Where a variable that has a value got it. */
export type OriginOf = (name: string, value: string) => "environment" | Place;

/** The variables that decide what a text becomes; words that are not used are left out. */
export function usedVariables(template: string, lookup: Lookup, originOf: OriginOf): readonly UsedVariable[] {
  const mentioned = variablesIn(template);
  const used = new Map<string, UsedVariable>();
  const remember = (name: string): string | undefined => {
    const value = lookup(name);
    const use = mentioned.find((other) => other.name === name && other.defaultValue !== "");
    const known = value !== undefined && (value !== "" || use === undefined);
    if (known) used.set(name, { name, value, from: originOf(name, value) });
    else if (use === undefined) used.set(name, { name, value: undefined, from: "unset" });
    else used.set(name, { name, value: use.defaultValue, from: "default" });
    return value;
  };
  substitute(template, remember, () => undefined);
  return [...used.values()];
}
