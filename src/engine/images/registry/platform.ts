// Platforms as clients write them, and the choice among the images of an index.
import { EngineError } from "../../errors.ts";

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** An index's entry for one platform; those of attestations are for `unknown/unknown`. */
export interface PlatformDescriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size?: number;
  readonly platform?: Partial<Platform> | null;
  /** Of what is no image. */
  readonly artifactType?: string;
}

/** Reads `os[/architecture[/variant]]`, or the API's JSON form. Throws EngineError (invalid). */
export function parsePlatform(text: string, architecture: string): Platform {
  if (text.startsWith("{")) return fromJson(text, architecture);
  const [first = "", second, variant, ...more] = text.split("/");
  if (more.length > 0) {
    throw new EngineError("invalid", `"${text}": cannot parse platform specifier: invalid argument`);
  }
  const known = second === undefined && first !== "linux" ? { os: "linux", architecture: first } : undefined;
  const platform = known ?? { os: first, architecture: second ?? architecture };
  if (!/^[a-z0-9_.-]+$/i.test(`${platform.os}${platform.architecture}${variant ?? ""}`)) {
    throw new EngineError("invalid", `"${text}" is an invalid platform: expected os/architecture[/variant]`);
  }
  return { ...normalise(platform), ...(variant === undefined ? {} : { variant }) };
}

function fromJson(text: string, architecture: string): Platform {
  let value: Partial<Platform> | null;
  try {
    value = JSON.parse(text) as Partial<Platform> | null;
  } catch (error) {
    throw new EngineError("invalid", `the platform is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const variant = value?.variant;
  return {
    ...normalise({ os: value?.os ?? "linux", architecture: value?.architecture ?? architecture }),
    ...(variant ? { variant } : {}),
  };
}

const otherNames: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  "x86-64": "amd64",
  aarch64: "arm64",
  i386: "386",
  armhf: "arm",
};

function normalise({ os, architecture }: Platform): Platform {
  const lower = architecture.toLowerCase();
  return { os: os.toLowerCase(), architecture: otherNames[lower] ?? lower };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join("/");
}

/** The entry that fits best: with the variant that was asked for, else of the newest variant that the index has. */
export function choosePlatform(
  descriptors: readonly PlatformDescriptor[],
  wanted: Platform,
): PlatformDescriptor | undefined {
  const fitting = descriptors.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  );
  // One that does not say is tried when no other fits: indexes of indexes often leave it out. Its configuration tells in the end.
  if (fitting.length === 0)
    return descriptors.find(({ platform, artifactType }) => !platform && !artifactType);
  const variantOf = (descriptor: PlatformDescriptor): string => descriptor.platform?.variant ?? "";
  if (wanted.variant !== undefined) {
    const implied =
      wanted.architecture === "arm64" && wanted.variant === "v8" ? ["v8", ""] : [wanted.variant];
    return fitting.find((descriptor) => implied.includes(variantOf(descriptor)));
  }
  // Machines that say no variant are of the base level: amd64 without v2 and v3, 64-bit arm v8.
  const base = fitting.find((descriptor) => ["", "v8"].includes(variantOf(descriptor)));
  return base ?? fitting.toSorted((a, b) => variantOf(b).localeCompare(variantOf(a)))[0];
}
