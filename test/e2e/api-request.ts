// Requests to an engine's API as they are, for what clients of it hide.
import { request } from "node:http";

/** What an engine answered. */
export interface ApiReply<Body> {
  readonly status: number;
  readonly body: Body;
}

/** One request (`GET /path`), its body as JSON. The answer's body is parsed where it is JSON, else text. */
export function askApi<Body = { readonly message: string }>(
  host: string,
  words: string,
  body?: object,
): Promise<ApiReply<Body>> {
  const [method = "", path = ""] = words.split(" ");
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const headers =
    bytes === undefined ? {} : { "Content-Type": "application/json", "Content-Length": bytes.length };
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: host.replace("unix://", ""), method, path, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(pieces).toString("utf8");
        const isJson = answer.headers["content-type"]?.startsWith("application/json") === true;
        resolve({
          status: answer.statusCode ?? 0,
          body: (isJson && text !== "" ? JSON.parse(text) : text) as Body,
        });
      });
    });
    asking.on("error", reject);
    asking.end(bytes);
  });
}
