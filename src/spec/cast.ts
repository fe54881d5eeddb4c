// Which scalars become numbers and booleans after substitution, by their place in the document. Text at these places is
// read as the type, whether or not it held a variable.
import type { ScalarValue } from "./node.ts";
import type { PathTable } from "./path-table.ts";
import { pathTable } from "./path-table.ts";

export type CastType = "integer" | "number" | "boolean";

/** What came of a cast. `isLoose` marks words such as `yes`, which are accepted with a warning. */
export type CastResult =
  | { readonly ok: true; readonly value: ScalarValue; readonly isLoose?: boolean }
  | { readonly ok: false; readonly expected: string };

export const castTable: PathTable<CastType> = pathTable<CastType>({
  [`services.*.deploy.replicas services.*.deploy.update_config.parallelism services.*.deploy.rollback_config.parallelism
    services.*.deploy.restart_policy.max_attempts services.*.deploy.placement.max_replicas_per_node
    services.*.healthcheck.retries services.*.ports.[].target services.*.scale
    services.*.ulimits.* services.*.ulimits.*.soft services.*.ulimits.*.hard
    services.*.build.ulimits.* services.*.build.ulimits.*.soft services.*.build.ulimits.*.hard
    services.*.cpu_count services.*.cpu_period services.*.cpu_quota services.*.cpu_rt_period
    services.*.cpu_rt_runtime services.*.cpu_shares services.*.oom_score_adj services.*.pids_limit
    services.*.deploy.resources.limits.pids services.*.blkio_config.weight
    services.*.blkio_config.weight_device.[].weight
    services.*.networks.*.priority services.*.networks.*.gw_priority models.*.context_size`]: "integer",
  [`services.*.cpu_percent services.*.cpus services.*.deploy.update_config.max_failure_ratio
    services.*.deploy.rollback_config.max_failure_ratio services.*.deploy.resources.limits.cpus
    services.*.deploy.resources.reservations.cpus`]: "number",
  [`services.*.init services.*.depends_on.*.required services.*.depends_on.*.restart services.*.healthcheck.disable
    services.*.oom_kill_disable services.*.privileged services.*.read_only services.*.stdin_open services.*.tty
    services.*.attach services.*.use_api_socket services.*.volumes.[].read_only
    services.*.volumes.[].volume.nocopy services.*.volumes.[].bind.create_host_path services.*.env_file.[].required
    services.*.build.no_cache services.*.build.privileged services.*.build.pull
    services.*.develop.watch.[].initial_sync services.*.pre_start.[].privileged services.*.pre_start.[].per_replica
    services.*.post_start.[].privileged services.*.pre_stop.[].privileged
    services.*.develop.watch.[].exec.privileged networks.*.external networks.*.internal networks.*.attachable
    networks.*.enable_ipv4 networks.*.enable_ipv6 volumes.*.external secrets.*.external configs.*.external`]:
    "boolean",
});

/** Reads text as `type`. */
export function castText(text: string, type: CastType): CastResult {
  if (type === "boolean") return castBoolean(text);
  const pattern = type === "integer" ? /^[-+]?\d+$/ : /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
  if (pattern.test(text)) return { ok: true, value: Number(text) };
  return { ok: false, expected: type === "integer" ? "an integer" : "a number" };
}

function castBoolean(text: string): CastResult {
  const word = text.toLowerCase();
  if (word === "true" || word === "false") return { ok: true, value: word === "true" };
  if (["y", "yes", "on"].includes(word)) return { ok: true, value: true, isLoose: true };
  if (["n", "no", "off"].includes(word)) return { ok: true, value: false, isLoose: true };
  return { ok: false, expected: "a boolean (true or false)" };
}
