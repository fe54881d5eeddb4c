// Questions to a registry that bring nothing in: whether a login is good, and what a name stands for there.
import type { EngineContext } from "../collaborators.ts";
import { parseImageConfig } from "./image-record.ts";
import { parseReference } from "./reference.ts";
import { parseCredentials } from "./registry/credentials.ts";
import type { Credentials } from "./registry/credentials.ts";
import { fetchManifest, indexEntries, readImageManifest } from "./registry/manifests.ts";
import type { FetchedManifest } from "./registry/manifests.ts";
import type { Platform } from "./registry/platform.ts";
import { downloadConfig } from "./registry/pull.ts";
import { dockerHub, readRegistryConfig } from "./registry/registry-config.ts";
import { networkFailure, pullFailure } from "./registry/registry-error.ts";
import { RegistrySession } from "./registry/registry-session.ts";

/** Throws EngineError (unauthorized) when the registry does not know the user, or the password is wrong. */
export async function checkLogin(root: string, credentials: Credentials, signal: AbortSignal): Promise<void> {
  const address = (credentials.serveraddress ?? "").replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  const isHub = ["", dockerHub, "index.docker.io"].includes(address);
  const session = new RegistrySession({
    domain: isHub ? dockerHub : address,
    repository: undefined,
    credentials,
    config: await readRegistryConfig(root),
    write: true,
    signal,
  });
  try {
    const answer = await session.request({ method: "GET", path: "/v2/" });
    answer.body.resume();
  } catch (error) {
    throw networkFailure(error);
  } finally {
    session.close();
  }
}

/** What `GET /distribution/{name}/json` answers. */
export interface RemoteDescription {
  readonly Descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly Platforms: readonly object[];
}

/** Asks for a reference's manifest. Throws EngineError. */
export async function describeRemote(
  engine: Pick<EngineContext, "root">,
  ref: string,
  options: { readonly auth?: string; readonly signal: AbortSignal },
): Promise<RemoteDescription> {
  const reference = parseReference(ref);
  const slash = reference.name.indexOf("/");
  const session = new RegistrySession({
    domain: reference.name.slice(0, slash),
    repository: reference.name.slice(slash + 1),
    credentials: parseCredentials(options.auth),
    config: await readRegistryConfig(engine.root),
    write: false,
    signal: options.signal,
  });
  try {
    const fetched = await fetchManifest(session, reference.digest ?? reference.tag ?? "latest");
    const { mediaType, digest, size } = fetched;
    const entries = indexEntries(fetched);
    const platforms = entries?.flatMap(({ platform }) => (platform ? [platform] : []));
    return {
      Descriptor: { mediaType, digest, size },
      Platforms: platforms ?? [await imagePlatform(session, fetched, options.signal)],
    };
  } catch (error) {
    throw pullFailure(error, ref, ref);
  } finally {
    session.close();
  }
}

/** What an image says of itself. */
async function imagePlatform(
  session: RegistrySession,
  fetched: FetchedManifest,
  signal: AbortSignal,
): Promise<Platform> {
  const { config } = readImageManifest(fetched);
  const { os, architecture, variant } = parseImageConfig(await downloadConfig(session, config, signal));
  return { architecture, os, ...(variant === undefined ? {} : { variant }) };
}
