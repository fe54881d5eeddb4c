// The order of names that depend on each other. Without recursion: a chain may be longer than the stack is deep.

interface Visit {
  readonly name: string;
  readonly dependencies: readonly string[];
  next: number;
}

/**
 * All names and all that they depend on, each after its dependencies, otherwise in the order given. `onCircle` hears of every
 * circle that is come upon: the names in it, the last one depending on the first.
 */
export function inDependencyOrder(
  names: readonly string[],
  dependenciesOf: (name: string) => readonly string[],
  onCircle?: (circle: readonly string[]) => void,
): readonly string[] {
  const states = new Map<string, "open" | "done">();
  const ordered: string[] = [];
  const trail: Visit[] = [];
  const enter = (name: string): void => {
    states.set(name, "open");
    trail.push({ name, dependencies: dependenciesOf(name), next: 0 });
  };
  for (const start of names) {
    if (!states.has(start)) enter(start);
    for (let visit = trail.at(-1); visit !== undefined; visit = trail.at(-1)) {
      const dependency = visit.dependencies[visit.next++];
      if (dependency === undefined) {
        states.set(visit.name, "done");
        ordered.push(visit.name);
        trail.pop();
      } else if (!states.has(dependency)) {
        enter(dependency);
      } else if (states.get(dependency) === "open") {
        const open = trail.map(({ name }) => name);
        onCircle?.(open.slice(open.indexOf(dependency)));
      }
    }
  }
  return ordered;
}
