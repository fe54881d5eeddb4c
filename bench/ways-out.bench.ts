// What the ways out of containers cost, side by side on one machine of namespaces: a connection with its answer, a stream, a closed port.
import { Machine, OUTSIDE, SENDS, TELLS } from "../test/support/machine.ts";
import { findUser, type OrdinaryUser } from "../test/support/ordinary-users.ts";
import { EngineThere } from "../test/support/ways-out.ts";
import { median, type Bench } from "./measure.ts";

/** Prints microseconds of each connection until its answer, megabytes per second of a stream, and what becomes of a call to a closed port. */
const client = `
const { connect } = require("net");
const [host, tells, sends, connections, seconds] = process.argv.slice(1).map((word, i) => (i === 0 ? word : Number(word)));
const answer = () => new Promise((resolve, reject) => {
  const start = process.hrtime.bigint();
  connect(tells, host).on("error", reject).once("data", function () {
    resolve(Number(process.hrtime.bigint() - start) / 1000);
    this.destroy();
  });
});
const rate = () => new Promise((resolve, reject) => {
  const socket = connect(sends, host).on("error", reject);
  let received = 0;
  socket.on("data", (bytes) => { received += bytes.length; });
  socket.on("connect", () => setTimeout(() => { socket.destroy(); resolve(received / 1e6 / seconds); }, seconds * 1000));
});
const closed = () => new Promise((resolve) => {
  const socket = connect(9, host).on("error", (error) => resolve(error.code));
  socket.setTimeout(5000, () => { socket.destroy(); resolve("no answer"); });
});
(async () => {
  const times = [];
  for (let i = 0; i < connections; i++) times.push(await answer());
  console.log(JSON.stringify({ times, rate: await rate(), closed: await closed() }));
})();
`;

interface Figures {
  readonly times: number[];
  readonly rate: number;
  readonly closed: string;
}

/** A way, whoever's engine it is. */
interface Candidate {
  readonly way: string;
  readonly user?: OrdinaryUser;
}

function candidates(): Candidate[] {
  const user = findUser("slipway-test");
  const asUser = user === undefined ? [] : ["pasta", "slirp4netns", "proxy"].map((way) => ({ way, user }));
  return [{ way: "nat" }, { way: "proxy" }, ...asUser];
}

async function measure(machine: Machine, { way, user }: Candidate, quick: boolean): Promise<Figures> {
  const engine = new EngineThere(machine, user);
  try {
    await engine.start(way);
    await engine.container("one");
    await engine.leavesBy(way);
    const amounts = quick ? ["100", "0.5"] : ["1000", "5"];
    const words = ["node", "-e", client, OUTSIDE, String(TELLS), String(SENDS), ...amounts];
    return JSON.parse(await engine.docker("exec", "one", ...words)) as Figures;
  } finally {
    await engine.end();
  }
}

export const bench: Bench = {
  claim:
    "ways out of a container, one beside the other: a connection and its answer, a stream, a closed port",
  async *run({ quick }) {
    if (process.getuid?.() !== 0) return yield { text: "left out, needs root" };
    const machine = await Machine.make();
    try {
      for (const candidate of candidates()) {
        const name = `${candidate.way}, ${candidate.user === undefined ? "root" : "ordinary user"}`;
        yield await measure(machine, candidate, quick).then(
          ({ times, rate, closed }) => ({
            text: `${name.padEnd(28)} ${median(times).toFixed(0)} us, ${rate.toFixed(0)} MB/s, closed port: ${closed}`,
          }),
          (error: Error) => ({ text: `${name}: left out: ${error.message.trim()}` }),
        );
      }
    } finally {
      await machine.end();
    }
  },
};
