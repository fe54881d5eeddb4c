// Runs a health probe: an exec with the container's own user, folder and environment, and a time limit.
import type { Container } from "./container.ts";
import type { Execs } from "./exec.ts";
import type { HealthConfig, ProbeResult } from "./health.ts";
import { currentTime } from "./record.ts";

/** Enough to know that there was more than is kept. */
const OUTPUT_LIMIT = 4097;

export async function runProbe(
  execs: Execs,
  container: Container,
  probe: { config: HealthConfig; signal: AbortSignal },
): Promise<ProbeResult> {
  const { config } = probe;
  const start = currentTime();
  const timeout = AbortSignal.timeout(config.timeout);
  const signal = AbortSignal.any([probe.signal, timeout]);
  try {
    const { exitCode, output } = await execs.run(
      container,
      { Cmd: [...config.command], AttachStdout: true, AttachStderr: true },
      { signal, limit: OUTPUT_LIMIT },
    );
    const end = currentTime();
    if (!timeout.aborted) return { start, end, exitCode, output };
    const text = `Health check exceeded timeout (${formatDuration(config.timeout)})`;
    return { start, end, exitCode: -1, output: output === "" ? text : `${text}: ${output}` };
  } catch (error) {
    return { start, end: currentTime(), exitCode: -1, output: (error as Error).message };
  }
}

/** `1s`, `1m30s`, `500ms` */
function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const minutes = Math.floor(milliseconds / 60_000);
  const seconds = (milliseconds % 60_000) / 1000;
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
}
