// Compresses a stream as a row of gzip members, some of them at once: one after the other they are one gzip file (RFC 1952, 2.2).
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";

const compress = promisify(gzip);

/** Plain bytes of a member, at least: few enough to have several in memory, enough to cost nothing in size. */
const MEMBER = 1024 * 1024;
/** Fewer than the threads that Node has for such work, since writing files is done by them too. */
const AT_ONCE = 3;

/** Takes plain bytes, and hands on compressed ones in order. Each call is to be waited for before the next. */
export class GzipMembers {
  readonly #keep: (bytes: Buffer) => void;
  #plain: Buffer[] = [];
  #length = 0;
  readonly #members: Promise<Buffer>[] = [];

  constructor(keep: (bytes: Buffer) => void) {
    this.#keep = keep;
  }

  /** Resolves when more can be taken. */
  async write(bytes: Buffer): Promise<void> {
    this.#plain.push(bytes);
    this.#length += bytes.length;
    if (this.#length < MEMBER) return;
    this.#begin();
    await this.#keepUntil(AT_ONCE - 1);
  }

  /** Resolves when all has been handed on. */
  async finish(): Promise<void> {
    this.#begin();
    await this.#keepUntil(0);
  }

  #begin(): void {
    // Fast rather than small: it goes on while the layer is unpacked, and must not hold that up.
    const member = compress(Buffer.concat(this.#plain, this.#length), {
      level: constants.Z_BEST_SPEED,
      chunkSize: MEMBER / 4,
    });
    member.catch(() => undefined); // whoever waits for it is told, if anybody still does
    this.#members.push(member);
    this.#plain = [];
    this.#length = 0;
  }

  async #keepUntil(left: number): Promise<void> {
    while (this.#members.length > left) {
      const member = await this.#members.shift();
      if (member !== undefined) this.#keep(member);
    }
  }
}
