import type { LoadRequest, LoadResult, SpecHost } from "./host.ts";

/** Loads a project: finds and reads its files, and gives it in canonical form with everything found wrong on the way. */
export function loadProject(request: LoadRequest, host: SpecHost): LoadResult {
  throw new Error(`internal: not written yet (${host.cwd}, ${request.files?.length ?? 0})`);
}
