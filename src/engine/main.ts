// The engine's process: takes the state directory, puts the parts together, listens, and leaves when nobody needs it any more.
// On standard output it says one thing, one line of JSON: that it is ready and where, or why it cannot work.
import { mkdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createApiServer } from "./api/server.ts";
import { assembleEngine } from "./assemble.ts";
import { findBinary } from "./native/binary.ts";
import { packageVersion } from "./native/package-root.ts";
import { untilRead } from "./native/until-read.ts";
import { createDeparture } from "./system/departure.ts";
import { openEngineLog } from "./system/engine-log.ts";
import { createIdleWatch } from "./system/idle-watch.ts";
import { collectGarbage, createRest } from "./system/rest.ts";
import { readSettings } from "./system/settings.ts";
import type { Settings } from "./system/settings.ts";
import { prepareSocketPath } from "./system/socket-path.ts";
import { lockState } from "./system/state-lock.ts";

const LOG_FILE = "engine.log";

/** After these, the engine has less or more to do than before. */
const POPULATION_CHANGES = new Set(["start", "die", "destroy"]);

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function settingsOfThisProcess(): Settings {
  const settings = readSettings({ env: process.env, uid: process.geteuid?.() ?? 0, home: homedir() });
  // Processes of other ids, which serve a container's network, find their files below it by name; they cannot list it.
  mkdirSync(settings.root, { recursive: true, mode: 0o711 });
  return { ...settings, root: realpathSync(settings.root) };
}

async function main(): Promise<void> {
  // Whoever started this process has its own idea of both; what is made here must not depend on that.
  process.umask(0o022);
  process.chdir("/");
  const settings = settingsOfThisProcess();
  const { root, socket } = settings;
  const binary = await findBinary(root);
  const claim = await lockState({ root, socket, binary });
  if ("servedBy" in claim) return say({ ready: true, socket, pid: claim.servedBy });
  const { lock } = claim;
  const logFile = join(root, LOG_FILE);
  const log = openEngineLog(logFile);
  process.on("uncaughtException", (error) => {
    log(`fatal: ${error.stack ?? error.message}`);
    process.exit(1);
  });
  await prepareSocketPath(socket);

  const engine = await assembleEngine({
    root,
    socket,
    binary,
    logFile,
    log,
    egress: settings.egress,
    shutdown: () => departure.shutdown(),
  });
  const idle = createIdleWatch({
    seconds: settings.idleSeconds,
    isNeeded: () => server.connections > 0 || engine.isNeeded(),
    onIdle: () => departure.leave("nobody needs it"),
  });
  const rest = createRest(collectGarbage);
  const server = createApiServer({
    backend: engine.backend,
    untilRead: (client) => untilRead(binary, client),
    version: packageVersion,
    log,
    onConnections: () => {
      idle.changed();
      rest.disturb();
    },
  });
  const departure = createDeparture({ engine, server, lock, socket, log, beforeLeaving: () => idle.stop() });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => departure.leave(signal));
  }
  await server.listen(socket);
  lock.announceServing();
  engine.events.listen((event) => {
    if (event.Type === "container" && POPULATION_CHANGES.has(event.Action)) idle.changed();
  });
  idle.changed();
  log(`ready: version ${packageVersion}, process ${process.pid}, socket ${socket}`);
  // Whoever asked may be gone by now; the engine serves others all the same.
  process.stdout.on("error", () => undefined);
  say({ ready: true, socket, pid: process.pid });
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  say({ ready: false, error: message });
  process.exitCode = 1;
  // What was begun must not keep the process alive.
  process.exit();
});
