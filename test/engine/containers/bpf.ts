// The kernel's filter machine, as far as filters of system calls use it: what a program says of a call.

const AUDIT_X86_64 = 0xc000003e;

export interface Call {
  readonly number: number;
  readonly audit?: number;
  readonly arguments?: readonly bigint[];
}

/** The verdict, and how many instructions it took. */
export function runFilter(program: Buffer, call: Call): { verdict: number; steps: number } {
  const seen = Buffer.alloc(64);
  seen.writeUInt32LE(call.number, 0);
  seen.writeUInt32LE(call.audit ?? AUDIT_X86_64, 4);
  (call.arguments ?? []).forEach((value, index) => seen.writeBigUInt64LE(value, 16 + index * 8));
  let accumulator = 0;
  for (let at = 0, steps = 1; at * 8 < program.length; at++, steps++) {
    const [code, k] = [program.readUInt16LE(at * 8), program.readUInt32LE(at * 8 + 4)];
    const jump = (isTrue: boolean): void => void (at += program.readUInt8(at * 8 + (isTrue ? 2 : 3)));
    if (code === 0x06) return { verdict: k, steps };
    if (code === 0x20) accumulator = seen.readUInt32LE(k);
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (code === 0x05) at += k;
    else if (code === 0x15) jump(accumulator === k);
    else if (code === 0x25) jump(accumulator > k);
    else if (code === 0x35) jump(accumulator >= k);
    else throw new Error(`unknown instruction ${code}`);
  }
  throw new Error("the program has no end");
}
