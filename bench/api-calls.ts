// The least that bringing a project up takes on an engine: its API calls and nothing else, as many at once as the engine takes.

import { Agent, request } from "node:http";

/** What an engine is asked for, and how long its answers take. */
export interface ApiCalls {
  /** Makes a network and, all at once, a container for each service; then starts these all at once. */
  up(): Promise<void>;
  down(): Promise<void>;
}

/** The calls for services that run `sleep` from slipway/host; `host`: "unix://…". */
export function apiCalls(host: string, services: readonly string[]): ApiCalls {
  const agent = new Agent({ keepAlive: true });
  const network = "floor_default";
  const ask = (method: string, path: string, body?: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const headers = { "Content-Length": Buffer.byteLength(text), "Content-Type": "application/json" };
      const call = request({ socketPath: host.replace("unix://", ""), agent, method, path, headers });
      call.on("error", reject);
      call.on("response", (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("end", () => {
          const answer = Buffer.concat(pieces).toString();
          if ((response.statusCode ?? 0) < 400) resolve(answer);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`));
        });
      });
      call.end(text);
    });
  const forEach = (call: (name: string) => Promise<unknown>): Promise<unknown> =>
    Promise.all(services.map((service) => call(`floor-${service}`)));
  return {
    async up() {
      await ask("POST", "/networks/create", { Name: network, Driver: "bridge" });
      const body = {
        Image: "slipway/host",
        Cmd: ["sleep", "1000"],
        HostConfig: { NetworkMode: network },
        NetworkingConfig: { EndpointsConfig: { [network]: {} } },
      };
      await forEach((name) => ask("POST", `/containers/create?name=${name}`, body));
      await forEach((name) => ask("POST", `/containers/${name}/start`));
    },
    async down() {
      await forEach((name) => ask("DELETE", `/containers/${name}?force=true`));
      await ask("DELETE", `/networks/${network}`);
    },
  };
}
