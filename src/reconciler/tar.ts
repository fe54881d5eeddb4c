// Packs files to put into a container as one archive, to be unpacked at its root.

import { pack } from "tar-stream";
import type { InjectedFile } from "../planner/index.ts";

/** Archive of the files with their modes and owners. Times are fixed: equal content gives equal bytes. */
export async function packFiles(
  files: readonly { readonly file: InjectedFile; readonly content: string }[],
): Promise<Buffer> {
  const archive = pack();
  for (const { file, content } of files) {
    const { path, mode, uid, gid } = file;
    archive.entry({ name: path.replace(/^\/+/, ""), mode, uid, gid, mtime: new Date(0) }, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
