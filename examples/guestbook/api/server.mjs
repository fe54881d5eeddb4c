// The rules of the guestbook: who may write what. Keeps nothing itself.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const store = process.env.STORE_URL;
const token = (await readFile("/run/secrets/store-token", "utf8")).trim();
const limits = JSON.parse(await readFile("/etc/guestbook/limits.json", "utf8"));

function reply(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body) + "\n");
}

async function callStore(method, body) {
  const answer = await fetch(`${store}/messages`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`the store answered ${answer.status}`);
  return answer.json();
}

async function write(request, response) {
  const { message } = JSON.parse(await text(request));
  if (typeof message !== "string" || message.trim() === "")
    return reply(response, 400, { error: "a message is needed" });
  if (message.length > limits.longestMessage) {
    return reply(response, 400, { error: `at most ${limits.longestMessage} characters` });
  }
  const kept = await callStore("POST", { message });
  console.log(`api: kept a message of ${message.length} characters`);
  reply(response, 201, kept);
}

async function handle(request, response) {
  if (request.url === "/health") return reply(response, 200, { ok: true });
  if (request.url !== "/messages") return reply(response, 404, { error: "not found" });
  if (request.method === "GET") return reply(response, 200, (await callStore("GET")).slice(-limits.newest));
  if (request.method === "POST") return write(request, response);
  reply(response, 405, { error: "method not allowed" });
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) reply(response, 502, { error: "the guestbook is not available" });
  });
});
server.listen(8000, () => console.log("api: listening on 8000"));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
