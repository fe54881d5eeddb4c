// Tar archives block by block, for what no writer would write.

export interface RawHeader {
  readonly name: string | Buffer;
  /** A file when absent. */
  readonly type?: string;
  readonly link?: string;
  readonly mode?: number;
  readonly contents?: string | Buffer;
  /** What the header says of the contents' size; their own when absent. */
  readonly size?: number;
  /** The field's bytes. */
  readonly sizeField?: Buffer;
  /** GNU's fields, from the 345th byte on. */
  readonly tail?: Buffer;
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}

/** A header with the right checksum, and its contents in whole blocks. */
export function makeHeader(header: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  const contents = Buffer.from(header.contents ?? "");
  const name = Buffer.from(header.name);
  name.copy(block, 0, 0, Math.min(100, name.length));
  block.write(octal(header.mode ?? 0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  if (header.sizeField === undefined) block.write(octal(header.size ?? contents.length, 12), 124);
  else header.sizeField.copy(block, 124);
  block.write(octal(0, 12), 136);
  block.write(header.type ?? "0", 156);
  block.write(header.link ?? "", 157);
  block.write(header.tail === undefined ? "ustar\u{0}00" : "ustar  \0", 257, "latin1");
  header.tail?.copy(block, 345);
  block.write("        ", 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([block, contents, Buffer.alloc((512 - (contents.length % 512)) % 512)]);
}

/** A pax header with these records, whose characters stand for one byte each; `g`: for all that follow. */
export function makePax(records: Readonly<Record<string, string>>, type: "x" | "g" = "x"): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length + 1;
    while (`${length}${rest}`.length !== length) length += 1;
    return `${length}${rest}`;
  });
  return makeHeader({ name: "pax", type, contents: Buffer.from(lines.join(""), "latin1") });
}

/** An archive of one sparse file `f`; `contents` is how many bytes come, as many as the pieces have when absent. */
export function makeSparse(
  sparse: {
    readonly size: number;
    readonly extents: readonly (readonly [number, number])[];
    readonly contents?: number;
  },
  format: "old" | "0.1" | "1.0",
): Buffer {
  const { size, extents } = sparse;
  const contents = Buffer.alloc(sparse.contents ?? extents.reduce((sum, [, length]) => sum + length, 0), "x");
  const end = Buffer.alloc(1024);
  if (format === "old") {
    const tail = Buffer.alloc(167);
    for (const [index, [offset, length]] of extents.entries()) {
      wide(offset).copy(tail, 41 + index * 24);
      wide(length).copy(tail, 41 + index * 24 + 12);
    }
    wide(size).copy(tail, 41 + 4 * 24 + 1);
    return Buffer.concat([makeHeader({ name: "f", type: "S", contents, tail }), end]);
  }
  if (format === "0.1") {
    const map = extents.flat().map(exact).join(",");
    const pax = makePax({ "GNU.sparse.size": String(size), "GNU.sparse.map": map });
    return Buffer.concat([pax, makeHeader({ name: "f", contents }), end]);
  }
  const lines = [extents.length, ...extents.flat()].map((number) => `${exact(number)}\n`).join("");
  const map = Buffer.alloc(Math.ceil(lines.length / 512) * 512);
  map.write(lines);
  const pax = makePax({
    "GNU.sparse.major": "1",
    "GNU.sparse.minor": "0",
    "GNU.sparse.name": "f",
    "GNU.sparse.realsize": exact(size),
  });
  const file = makeHeader({ name: "GNUSparseFile.0/f", contents: Buffer.concat([map, contents]) });
  return Buffer.concat([pax, file, end]);
}

function exact(value: number): string {
  return String(BigInt(value));
}

/** GNU's base 256. */
function wide(value: number): Buffer {
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(BigInt(value), 4);
  field[0] = 0x80;
  return field;
}
