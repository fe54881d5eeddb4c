import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { EngineUnderTest } from "../test/support/engines.ts";
import { isOwnEngine, onEachEngine } from "./each-engine.ts";
import { describeFigure, describeTimes, median, type Bench, type BenchRow } from "./measure.ts";

const project = `
services:
  first:
    image: slipway/host
    command: sleep 1000
    stop_grace_period: 0s
    healthcheck: { test: ["CMD", "test", "-e", "/gate/open"], interval: 50ms }
    volumes: ["./gate:/gate"]
  second:
    image: slipway/host
    command: sleep 1000
    stop_grace_period: 0s
    depends_on: { first: { condition: service_healthy } }
`;

interface Event {
  readonly Action: string;
  readonly timeNano: number;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

/** Milliseconds between the engine's word that the first is healthy and the second's start. */
function gap(events: readonly Event[]): number {
  const healthy = events.find(({ Action }) => Action === "health_status: healthy");
  const start = events.find(
    ({ Action, Actor }) => Action === "start" && Actor.Attributes["com.docker.compose.service"] === "second",
  );
  if (healthy === undefined || start === undefined) throw new Error("an event is missing");
  return (start.timeNano - healthy.timeNano) / 1e6;
}

async function* measure(engine: EngineUnderTest, quick: boolean): AsyncGenerator<BenchRow> {
  const folder = await engine.folder();
  await mkdir(join(folder, "gate"));
  await writeFile(join(folder, "gate/open"), "");
  await writeFile(join(folder, "compose.yaml"), project);
  const gaps: number[] = [];
  const docker = engine.client();
  for (let round = 0; round < (quick ? 2 : 10); round += 1) {
    const since = Date.now() / 1000;
    const up = await engine.slipway(["-f", join(folder, "compose.yaml"), "up", "-d"]);
    if (up.code !== 0) throw new Error(up.stderr);
    const stream = await docker.getEvents({ since, until: Date.now() / 1000 });
    const lines = (await text(stream)).trim().split("\n");
    gaps.push(gap(lines.map((line) => JSON.parse(line) as Event)));
    await engine.slipway(["-f", join(folder, "compose.yaml"), "down", "-t", "0"]);
  }
  yield describeTimes("healthy -> start of the dependant", gaps);
  yield describeFigure("healthy -> start of the dependant", median(gaps), 50, "ms");
}

export const bench: Bench = {
  claim: "from a dependency's health to the start of what waits for it: at most 50 ms",
  run: ({ quick }) => onEachEngine((engine) => measure(engine, quick), isOwnEngine),
};
