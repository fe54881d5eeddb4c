// An import from an address, given up by whoever asked for it.
import { EventEmitter, once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Native } from "../../../src/engine/collaborators.ts";
import { openImages } from "../../../src/engine/images/index.ts";
import { archiveCallers } from "../../native/archive-callers.ts";
import { makeArchive } from "../../native/archive-trees.ts";
import { makeContext } from "./engine-context.ts";

const caller = archiveCallers()[0];
if (caller === undefined) throw new Error("root is always among the callers");
const { native, unavailable } = caller;
if (unavailable !== undefined) console.warn(`imports: skipped, ${unavailable}`);

describe.skipIf(unavailable !== undefined)("an import from an address", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    caller.clean();
  });

  test("leaves nothing when its client goes after the archive was unpacked", async () => {
    const archive = await makeArchive([{ name: "f", contents: "x".repeat(100_000) }]);
    server = createServer((_request, response) => void response.end(archive)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const calls = new EventEmitter();
    const unpacked = once(calls, "untar");
    const watched: Native = {
      ...native,
      call: async (args, options) => {
        const printed = await native.call(args, options);
        calls.emit(args[0] ?? "");
        return printed;
      },
    };
    const root = join(caller.folder(), "state");
    const images = await openImages(makeContext(root, watched).context);
    const lines = images.import(`http://127.0.0.1:${port}/`, { changes: [] })[Symbol.asyncIterator]();
    await lines.next();
    await lines.next();
    await unpacked;
    await lines.return?.();
    expect([readdirSync(join(root, "layers")), readdirSync(join(root, "blobs"))]).toEqual([[], []]);
  });
});
