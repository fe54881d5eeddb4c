// What the world sees: the page, and /messages as JSON (form posts and JSON posts alike).
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const api = process.env.API_URL;
const escapeHtml = (value) => value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const page = (await readFile(new URL("index.html", import.meta.url), "utf8"))
  .replaceAll("{{title}}", escapeHtml(process.env.TITLE ?? "Guestbook"))
  .replaceAll("{{greeting}}", escapeHtml(process.env.GREETING ?? "Leave a line."));

async function readMessage(request) {
  const body = await text(request);
  if (request.headers["content-type"]?.startsWith("application/json")) return JSON.parse(body).message;
  return new URLSearchParams(body).get("message") ?? "";
}

async function forward(response, method, body) {
  const answer = await fetch(`${api}/messages`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
}

async function handle(request, response) {
  const { pathname } = new URL(request.url, "http://web");
  if (pathname === "/health") return response.writeHead(200).end("ok\n");
  if (pathname === "/")
    return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  if (pathname !== "/messages") return response.writeHead(404).end("not found\n");
  if (request.method === "GET") return forward(response, "GET");
  if (request.method === "POST") return forward(response, "POST", { message: await readMessage(request) });
  response.writeHead(405).end("method not allowed\n");
}

const server = createServer((request, response) => {
  console.log(`web: ${request.method} ${request.url}`);
  handle(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(502).end("the guestbook is not available\n");
  });
});
server.listen(8000, () => console.log("web: listening on 8000"));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
