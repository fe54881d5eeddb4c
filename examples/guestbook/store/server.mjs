// Keeps messages, one JSON line each, in the volume mounted at /data.
import { appendFile, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const file = "/data/messages.ndjson";
const token = (await readFile("/run/secrets/store-token", "utf8")).trim();

async function readMessages() {
  try {
    return (await readFile(file, "utf8"))
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

function reply(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body) + "\n");
}

async function handle(request, response) {
  if (request.url === "/health") return reply(response, 200, { ok: true });
  if (request.headers.authorization !== `Bearer ${token}`)
    return reply(response, 401, { error: "wrong token" });
  if (request.url !== "/messages") return reply(response, 404, { error: "not found" });
  if (request.method === "GET") return reply(response, 200, await readMessages());
  if (request.method !== "POST") return reply(response, 405, { error: "method not allowed" });
  const message = { ...JSON.parse(await text(request)), at: new Date().toISOString() };
  await appendFile(file, JSON.stringify(message) + "\n");
  reply(response, 201, message);
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) reply(response, 500, { error: "the store failed" });
  });
});
server.listen(8000, () => console.log("store: listening on 8000"));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
