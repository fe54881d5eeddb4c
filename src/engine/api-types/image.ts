// Images as the Docker Engine API inspects and lists them.
import type { ContainerConfig } from "./container-config.ts";

/** What a registry would be asked for. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
}

/** One manifest of an image; there is one for each image here, that of its platform. */
export interface ImageManifestSummary {
  ID: string;
  Descriptor: Descriptor;
  Available: boolean;
  /** Bytes: as registries are given it, and with what is unpacked. */
  Size: { Content: number; Total: number };
  Kind: "image";
  ImageData: {
    Platform: { architecture: string; os: string; variant?: string };
    /** Ids of those that use it. */
    Containers: string[];
    Size: { Unpacked: number };
  };
}

/** Told only to who asks for manifests. */
export interface ImageManifests {
  Descriptor?: Descriptor;
  Manifests: ImageManifestSummary[];
}

/** `GET /images/NAME/json`. */
export interface ImageInspect extends Partial<ImageManifests> {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Created: string;
  Size: number;
  Os: string;
  Architecture: string;
  Config: ContainerConfig;
  RootFS: { Type: "layers"; Layers: string[] };
  [key: string]: unknown;
}

/** An item of `GET /images/json`; `Created` in seconds since 1970, sizes in bytes. */
export interface ImageSummary extends Partial<ImageManifests> {
  Id: string;
  ParentId: string;
  RepoTags: string[];
  RepoDigests: string[];
  Created: number;
  Size: number;
  SharedSize: number;
  Containers: number;
  Labels: Record<string, string> | null;
}
