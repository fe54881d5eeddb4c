// Programs that keep registry logins for the docker CLI: `docker-credential-NAME get`.
import { spawn } from "node:child_process";

/** What a helper prints for a registry it knows nothing of. */
const UNKNOWN = "credentials not found";
/** User name of a login that is a refresh token. */
const TOKEN_USER = "<token>";
const LIMIT_MS = 30_000;

/** The API's auth object for a registry's key, or undefined when the helper has none. Throws Error when it fails. */
export async function askCredentialHelper(helper: string, key: string): Promise<object | undefined> {
  const program = `docker-credential-${helper}`;
  const { code, stdout, stderr } = await ask(program, key);
  if (code !== 0) {
    const said = (stdout.trim() || stderr.trim()).slice(0, 500);
    if (said.includes(UNKNOWN)) return undefined;
    throw new Error(`${program} failed: ${said || `it ended with status ${code}`}`);
  }
  const login = JSON.parse(stdout) as { Username?: string; Secret?: string };
  if (!login.Secret) return undefined;
  if (login.Username === TOKEN_USER) return { identitytoken: login.Secret, serveraddress: key };
  return { username: login.Username ?? "", password: login.Secret, serveraddress: key };
}

function ask(program: string, key: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], { stdio: ["pipe", "pipe", "pipe"], timeout: LIMIT_MS });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
    child.once("error", (cause) =>
      reject(new Error(`${program} cannot be run: ${cause.message}`, { cause })),
    );
    child.once("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
    child.stdin.on("error", () => undefined); // its end tells
    child.stdin.end(key);
  });
}
