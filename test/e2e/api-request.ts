// Requests to an engine's API as they are, for what clients of it hide.
import { request } from "node:http";

/** What an engine answered. */
export interface ApiReply<Body> {
  readonly status: number;
  readonly body: Body;
}

/** One request (`GET /path`), its body an archive, or as JSON. The answer's is text, or where it is JSON the last line's value. */
export function askApi<Body = { readonly message: string }>(
  host: string,
  words: string,
  body?: Buffer | object,
): Promise<ApiReply<Body>> {
  const [method = "", path = ""] = words.split(" ");
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const type = Buffer.isBuffer(body) ? "application/x-tar" : "application/json";
  const headers = bytes === undefined ? {} : { "Content-Type": type, "Content-Length": bytes.length };
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: host.replace("unix://", ""), method, path, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(pieces).toString("utf8");
        const isJson = answer.headers["content-type"]?.startsWith("application/json") === true;
        const last = text.trim().split("\n").at(-1) ?? "";
        resolve({
          status: answer.statusCode ?? 0,
          body: (isJson && last !== "" ? JSON.parse(last) : text) as Body,
        });
      });
    });
    asking.on("error", reject);
    asking.end(bytes);
  });
}
