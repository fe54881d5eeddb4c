// Trees of files for archive tests: made as archives, and read back from disk for comparison.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { extract, pack } from "tar-stream";
import type { Header } from "tar-stream";

/** An entry of an archive; `contents` for files. */
export type ArchiveEntry = Partial<Header> & { readonly name: string; readonly contents?: string | Buffer };

/** The bytes of an archive with these entries. */
export async function makeArchive(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { contents, ...header } of entries) {
    if (contents === undefined) archive.entry(header);
    else archive.entry(header, contents);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The headers of an archive's entries, by name. */
export async function readHeaders(archive: Buffer): Promise<Map<string, Header>> {
  const headers = new Map<string, Header>();
  const entries = extract();
  entries.end(archive);
  for await (const entry of entries) {
    headers.set(entry.header.name, entry.header);
    entry.resume();
  }
  return headers;
}

export interface TreeNode {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  readonly contents: string;
  readonly links: number;
}

/** Everything below a folder, itself as ".", sorted by path; read as whoever calls, so it needs root where owners differ. */
export function readTree(folder: string, path = "."): TreeNode[] {
  const full = join(folder, path);
  const stat = lstatSync(full);
  const contents = stat.isSymbolicLink()
    ? `-> ${readlinkSync(full)}`
    : stat.isFile()
      ? readFileSync(full).toString("base64")
      : "";
  const node = {
    path,
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    mtime: stat.mtimeMs,
    contents,
    links: stat.isDirectory() ? 1 : stat.nlink,
  };
  if (!stat.isDirectory()) return [node];
  const below = readdirSync(full).toSorted();
  return [node, ...below.flatMap((name) => readTree(folder, join(path, name)))];
}
