// What an engine remembers of the past, without asking the clocks of two processes to agree.
import type Docker from "dockerode";

interface PastEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** Seconds that are looked back. */
const LOOKED_BACK = 3600;

/** The first `count` events of the last hour that match, those to come included: it waits for as many. */
export async function pastEvents(
  client: Docker,
  count: number,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<PastEvent[]> {
  const since = Math.floor(Date.now() / 1000) - LOOKED_BACK;
  const stream = await client.getEvents({ since, filters: JSON.stringify(filters) });
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    text += String(chunk);
    const lines = text.split("\n").slice(0, -1);
    if (lines.length >= count) return lines.slice(0, count).map((line) => JSON.parse(line) as PastEvent);
  }
  throw new Error(`the stream of events ended after ${JSON.stringify(text)}`);
}
