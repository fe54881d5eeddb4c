// Runs inside a network namespace of a test and does there what it is told: one JSON request per line on stdin, one JSON reply each
// on stdout, matched by `id`. Plain JavaScript, so that Node runs it as it is.
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const udpClient = createSocket("udp4");

/** Deterministic pseudo-random bytes, so that a failure can be repeated. */
function generator(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function mutate(packet, random) {
  const copy = Buffer.from(packet);
  for (let change = 1 + random(6); change > 0; change--) copy[random(copy.length)] = random(256);
  const length = random(4) === 0 ? random(copy.length + 1) : copy.length;
  const tail =
    random(4) === 0 ? Buffer.from(Array.from({ length: random(300) }, () => random(256))) : Buffer.alloc(0);
  return Buffer.concat([copy.subarray(0, length), tail]);
}

async function sendUdp(packet, port, address) {
  await new Promise((resolve) => udpClient.send(packet, port, address, resolve));
}

/** Everything a peer sends until it has nothing more to say. */
async function readAll(socket) {
  const parts = [];
  for await (const part of socket) parts.push(part);
  return Buffer.concat(parts);
}

/** Says `bytes` random ones to an echo, half-closes, and compares what comes back. */
async function exchange({ address, port, bytes }) {
  const sent = randomBytes(bytes);
  const socket = connect({ host: address, port, allowHalfOpen: true });
  socket.end(sent);
  return (await readAll(socket)).equals(sent);
}

const upstreamReplies = {
  answer: (query) => {
    const reply = Buffer.from(query);
    reply[2] |= 0x80;
    const end = query.indexOf(0, 12) + 5;
    reply.writeUInt16BE(1, 6);
    reply.writeUInt16BE(0, 10);
    const record = Buffer.from("c00c00010001000000050004c0000201", "hex");
    return Buffer.concat([reply.subarray(0, end), record]);
  },
  servfail: (query) => {
    const reply = Buffer.from(query);
    reply[2] |= 0x80;
    reply[3] = (reply[3] & 0xf0) | 2;
    return reply;
  },
  large: (query) => {
    const end = query.indexOf(0, 12) + 5;
    const reply = Buffer.from(query.subarray(0, end));
    reply[2] |= 0x80;
    reply.writeUInt16BE(60, 6);
    reply.writeUInt16BE(0, 10);
    return Buffer.concat([
      reply,
      ...Array.from({ length: 60 }, () => Buffer.from("c00c00010001000000050004c0000201", "hex")),
    ]);
  },
  /** Says no more than that there is more. */
  truncated: (query) => {
    const reply = Buffer.from(query.subarray(0, query.indexOf(0, 12) + 5));
    reply[2] |= 0x82;
    reply.writeUInt16BE(0, 10);
    return reply;
  },
  silent: () => undefined,
};

/** The whole answer, in two pieces; hangs up after the second, as servers do that have waited long enough. */
async function answerOverTcp(address) {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    let answered = 0;
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      while (received.length >= 2 && received.length >= received.readUInt16BE(0) + 2) {
        const end = received.readUInt16BE(0) + 2;
        const reply = upstreamReplies.large(received.subarray(2, end));
        received = received.subarray(end);
        socket.write(Buffer.from([reply.length >> 8]));
        socket.write(Buffer.concat([Buffer.from([reply.length & 255]), reply]));
        answered += 1;
        if (answered < 2) continue;
        // What else was asked is read, so that the answers are not lost to a reset, and left without one.
        socket.removeAllListeners("data").resume();
        socket.end();
        return;
      }
    });
  });
  server.listen({ port: 53, host: address });
  await once(server, "listening");
}

const operations = {
  async "tcp-echo"({ address, port }) {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      socket.pipe(socket);
    });
    server.listen({ port, host: address, backlog: 4096 });
    await once(server, "listening");
  },
  /** Says who has called, and hangs up. */
  async "tcp-greeting"({ address, port }) {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.end(`${socket.remoteAddress}\n`);
    });
    server.listen({ port, host: address });
    await once(server, "listening");
  },
  /** Everything that a server says, or the error's code. */
  async listen({ address, port, milliseconds }) {
    const socket = connect({ host: address, port });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error("silence"), { code: "SILENCE" })),
      milliseconds,
    );
    try {
      return String(await readAll(socket)).trim();
    } catch (error) {
      return error.code;
    } finally {
      clearTimeout(timer);
    }
  },
  /** One datagram each from many sockets of its own; none waits for an answer. */
  async "udp-flood"({ address, port, count }) {
    for (let sent = 0; sent < count; sent++) {
      const socket = createSocket("udp4");
      await new Promise((resolve) => socket.send("x", port, address, resolve));
      socket.close();
    }
  },
  async "udp-echo"({ address, port }) {
    const type = address.includes(":") ? "udp6" : "udp4";
    const socket = createSocket({ type, recvBufferSize: 4 * 1024 * 1024 });
    socket.on("message", (bytes, { port: from, address: to }) => socket.send(bytes, from, to));
    socket.bind(port, address);
    await once(socket, "listening");
  },
  /** Answers the end of what a client says, and stays. */
  async "tcp-answer-end"({ address, port }) {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().on("end", () => socket.write("heard"));
    });
    server.listen({ port, host: address });
    await once(server, "listening");
  },
  /** Says all it has to say, waits for the answer, and resets the connection. */
  async "end-and-reset"({ address, port }) {
    const socket = connect({ host: address, port, allowHalfOpen: true });
    socket.end("hello");
    await once(socket, "data");
    socket.resetAndDestroy();
  },
  /** Connections that stay. */
  async "knock-many"({ address, port, count }) {
    const sockets = Array.from({ length: count }, () => connect({ host: address, port }));
    for (const socket of sockets) socket.on("error", () => undefined);
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
  },
  exchange,
  async "exchange-many"({ address, port, bytes, count }) {
    const all = await Promise.all(Array.from({ length: count }, () => exchange({ address, port, bytes })));
    return all.filter(Boolean).length;
  },
  /** What becomes of a connection: "connected", or the error's code. */
  async knock({ address, port, milliseconds }) {
    const socket = connect({ host: address, port });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error("silence"), { code: "SILENCE" })),
      milliseconds,
    );
    try {
      await once(socket, "connect");
      return "connected";
    } catch (error) {
      return error.code;
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  },
  async "udp-exchange"({ address, port, text }) {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    // A datagram may be lost where many are under way.
    const send = () => socket.send(text, port, address);
    const timer = setInterval(send, 500);
    send();
    const [bytes, { address: from }] = await once(socket, "message");
    clearInterval(timer);
    socket.close();
    return { text: String(bytes), from };
  },
  /** How many clients are answered that all write while a process sleeps. */
  async "udp-burst"({ address, port, count, sleeper }) {
    const sockets = Array.from({ length: count }, () => createSocket("udp4"));
    process.kill(sleeper, "SIGSTOP");
    const sent = sockets.map(
      (socket) => new Promise((resolve) => socket.send("burst", port, address, resolve)),
    );
    await Promise.all(sent);
    const tooLate = new AbortController();
    const timer = setTimeout(() => tooLate.abort(), 10_000);
    const answers = sockets.map((socket) => once(socket, "message", { signal: tooLate.signal }));
    process.kill(sleeper, "SIGCONT");
    const outcomes = await Promise.allSettled(answers);
    clearTimeout(timer);
    for (const socket of sockets) socket.close();
    return outcomes.filter(({ status }) => status === "fulfilled").length;
  },
  /** What becomes of a datagram that nobody takes. */
  async "udp-refusal"({ address, port }) {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    const timer = setTimeout(() => socket.emit("error", { code: "SILENCE" }), 15_000);
    try {
      socket.connect(port, address);
      await once(socket, "connect");
      socket.send("anybody?");
      await once(socket, "message");
      return "answered";
    } catch (error) {
      return error.code;
    } finally {
      clearTimeout(timer);
      socket.close();
    }
  },
  async "dns-udp"({ packet }) {
    // As resolvers do: a connected socket takes answers from nowhere else.
    const socket = createSocket("udp4");
    socket.connect(53, "127.0.0.11");
    await once(socket, "connect");
    socket.send(Buffer.from(packet, "hex"));
    const [bytes] = await once(socket, "message");
    socket.close();
    return bytes.toString("hex");
  },
  async "dns-tcp"({ packet }) {
    const query = Buffer.from(packet, "hex");
    const socket = connect(53, "127.0.0.11");
    // In pieces, as a network may deliver it.
    socket.write(Buffer.from([query.length >> 8]));
    socket.write(Buffer.concat([Buffer.from([query.length & 255]), query.subarray(0, 5)]));
    socket.write(query.subarray(5));
    let received = Buffer.alloc(0);
    for await (const part of socket) {
      received = Buffer.concat([received, part]);
      if (received.length >= 2 && received.length >= received.readUInt16BE(0) + 2) break;
    }
    return received.subarray(2).toString("hex");
  },
  async "dns-fuzz"({ packets, count, seed }) {
    const random = generator(seed);
    for (let sent = 0; sent < count; sent++) {
      const model = Buffer.from(packets[random(packets.length)], "hex");
      await sendUdp(mutate(model, random), 53, "127.0.0.11");
    }
  },
  async "dns-fuzz-tcp"({ packets, count, seed }) {
    const random = generator(seed);
    for (let sent = 0; sent < count; sent++) {
      const query = mutate(Buffer.from(packets[random(packets.length)], "hex"), random);
      const socket = connect(53, "127.0.0.11");
      socket.on("error", () => undefined); // the resolver may well hang up
      const length = random(3) === 0 ? random(65536) : query.length;
      socket.end(Buffer.concat([Buffer.from([length >> 8, length & 255]), query]));
      socket.resume();
      await once(socket, "close");
    }
  },
  async upstream({ address, kind }) {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    let asked = 0;
    socket.on("message", (query, { port, address: to }) => {
      asked += 1;
      const reply = upstreamReplies[kind](query);
      if (reply !== undefined) socket.send(reply, port, to);
    });
    socket.bind(53, address);
    await once(socket, "listening");
    if (kind === "truncated") await answerOverTcp(address);
    operations[`asked ${address}`] = () => asked;
  },
  /** Sends rubbish to every port above 1024 that answers could be awaited on, as a stranger on the network would. */
  async "flood-port"({ address, port, packets, count, seed }) {
    const random = generator(seed);
    for (let sent = 0; sent < count; sent++) {
      const model = Buffer.from(packets[random(packets.length)], "hex");
      await sendUdp(mutate(model, random), port, address);
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, op, ...options } = JSON.parse(line);
  Promise.resolve(operations[op](options)).then(
    (result) => process.stdout.write(`${JSON.stringify({ id, result: result ?? null })}\n`),
    (error) => process.stdout.write(`${JSON.stringify({ id, error: String(error) })}\n`),
  );
}
process.exit(0);
